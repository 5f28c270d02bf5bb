"""Which data is personal, and which person it belongs to."""
