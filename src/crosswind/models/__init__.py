"""Encoders of the Hugging Face hub, one head per task format, and the two joined."""
