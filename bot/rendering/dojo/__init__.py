"""Texts about cohorts and their members, in Slack and on the terminal."""
