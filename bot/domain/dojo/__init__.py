"""Cohorts and their people: profiles, permissions and imports."""
