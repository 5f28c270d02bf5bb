"""Texts about pairs, for Slack and the terminal."""
