"""Results of an evaluation run."""
