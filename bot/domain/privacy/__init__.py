"""What counts as personal data, and whose it is."""
