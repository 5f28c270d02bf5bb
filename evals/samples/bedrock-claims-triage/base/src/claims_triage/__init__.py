"""Routes incoming claims to the adjusters who should see them first."""
