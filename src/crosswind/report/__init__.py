"""The page that shows a study: what was run, what was found, what is missing."""
