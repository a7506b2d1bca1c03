"""Pure, seeded functions from results to conclusions."""
