"""Rhythms, check-ins, and the one unprompted message a day."""
