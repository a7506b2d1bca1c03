"""Smoothed answers: the label that most of many randomised readings of an example give."""
