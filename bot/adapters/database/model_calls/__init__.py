"""Tables and queries for calls to a model."""
