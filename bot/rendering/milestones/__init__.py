"""Texts and pages about milestones."""
