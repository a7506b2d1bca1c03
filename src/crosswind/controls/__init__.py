"""Controls: arms that a study's arm is to be compared with, because they differ from it in one thing alone."""
