"""The texts about what people ask Sensei."""
