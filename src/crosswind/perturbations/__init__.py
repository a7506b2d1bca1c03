"""Changes of text that no model takes part in: one idea a file, all on one contract (base.py) and one sampler."""
