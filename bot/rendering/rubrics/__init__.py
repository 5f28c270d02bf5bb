"""Render rubrics for a terminal."""
