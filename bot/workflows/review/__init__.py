"""One reading of a change or a whole tree: files, signals, and what a model adds."""
