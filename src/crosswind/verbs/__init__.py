"""The verbs of the command line, by what they are about. Slow libraries are imported by the verb that needs them."""
