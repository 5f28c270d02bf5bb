"""Rubrics on a terminal."""
