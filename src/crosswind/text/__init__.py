"""Text without models or tasks: normal form, grapheme clusters, words, casing, edits and their projection."""
