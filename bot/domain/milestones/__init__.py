"""Milestones: readiness, ruling sessions, growth, and the participant's report."""
