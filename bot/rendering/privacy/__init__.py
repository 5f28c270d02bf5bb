"""The text that people read about an erasure."""
