"""Review a change: its diff and files, signals and quotes, a model's answers, and the report."""
