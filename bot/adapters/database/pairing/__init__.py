"""Tables and queries for pairing proposals and pairs."""
