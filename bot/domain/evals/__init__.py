"""Evaluation: cases, and scores for the reviews of them."""
