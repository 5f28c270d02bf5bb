"""Follow a text through a function: from where it enters to a place that it must not reach."""
