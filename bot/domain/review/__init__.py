"""Reviewing a change: its diff, files, signals and quotes, a model's answers, and the report."""
