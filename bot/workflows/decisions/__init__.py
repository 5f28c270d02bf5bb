"""Decision records, from draft to confirmation and beyond."""
