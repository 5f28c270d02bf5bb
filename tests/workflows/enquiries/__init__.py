"""Tests of what people ask Sensei."""
