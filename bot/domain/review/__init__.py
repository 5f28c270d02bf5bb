"""From a diff to a report: files, signals, quotes, model answers and the questions chosen."""
