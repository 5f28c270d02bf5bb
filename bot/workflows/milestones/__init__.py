"""Milestones: what is missing for whom, ruling sessions and reports."""
