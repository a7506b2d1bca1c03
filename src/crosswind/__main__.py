"""`python -m crosswind` is the command line."""

from crosswind.cli import main

main()
