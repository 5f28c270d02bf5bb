"""Rules for a model's words, applied before anybody reads them."""
