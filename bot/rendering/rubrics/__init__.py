"""Rubrics for a terminal."""
