"""What Sensei writes on GitHub."""
