"""Hearing answers to questions, and following up once."""
