"""One-to-ones, what was said of them, and calendars."""
