"""Rules for text from a model, applied before anyone reads it."""
