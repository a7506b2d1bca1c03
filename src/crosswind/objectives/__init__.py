"""What training minimises: one objective, one file, one paper."""
