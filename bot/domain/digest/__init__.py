"""The weekly digest: what it lists, in which order, and why."""
