"""Decision records: what was decided, where it shows in the code, and how it changed."""
