"""Make text that other people wrote safe to show."""
