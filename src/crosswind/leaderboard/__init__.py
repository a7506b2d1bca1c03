"""XTREME and XTREME-R: from a folder of predictions and a folder of labels to the scores of the two leaderboards."""
