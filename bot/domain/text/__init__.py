"""Handle text that other people wrote: numbers, patterns and storable text."""
