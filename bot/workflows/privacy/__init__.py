"""Export, erasure and retention of personal data."""
