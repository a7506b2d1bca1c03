"""What the command line shows and looks after: a run, a plan, a stage, the store."""
