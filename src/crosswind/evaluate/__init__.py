"""From a trained model and a dataset to outcomes: one row per example, and scores derived from them."""
