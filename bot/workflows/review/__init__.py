"""One reading of a change or a whole tree: files, signals, and a model's answers."""
