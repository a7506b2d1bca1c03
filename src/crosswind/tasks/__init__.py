"""The tasks a study may train and evaluate on: one short file each, a provenance record and `parse`."""
