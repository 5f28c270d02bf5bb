"""Find keys and passwords in text, and redact them."""
