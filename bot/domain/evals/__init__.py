"""Evaluation: cases, and the scores of their reviews."""
