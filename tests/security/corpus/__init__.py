"""What a redactor is judged by: secrets of many kinds, and lines that only look like them.

No file here holds a whole key: values are put together, check digits included, from a seeded generator.
"""
