"""Design documents: what a participant plans, read against the checks of the design milestone."""
