"""Handle text that other people wrote: numbers, patterns and text that databases can store."""
