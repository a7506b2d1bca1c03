"""Where examples come from: rows of files and of the hub, and what can be wrong with them."""
