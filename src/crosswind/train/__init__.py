"""Training: the one loop, the order of its batches, and the checkpoint it resumes from."""
