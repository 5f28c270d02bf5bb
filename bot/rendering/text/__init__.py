"""Other people's text, made safe to show."""
