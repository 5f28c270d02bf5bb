"""Render the results of an evaluation."""
