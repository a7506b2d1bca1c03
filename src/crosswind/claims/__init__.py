"""Claims: what a study sets out to show, declared before there are results, and what the literature has claimed."""
