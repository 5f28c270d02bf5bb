"""Evaluation cases, and how good a reading of them is."""
