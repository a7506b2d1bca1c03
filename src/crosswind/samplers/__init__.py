"""Whose turn it is where several tasks are learned at once: one short file a rule."""
