"""Enquiries: what people ask Sensei, and how it answers."""
