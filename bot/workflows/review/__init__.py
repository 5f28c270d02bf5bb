"""One reading: files, signals and what a model adds."""
