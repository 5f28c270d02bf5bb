"""Keys and passwords in text: finding them and taking them out."""
