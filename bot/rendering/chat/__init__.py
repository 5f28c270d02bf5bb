"""Slack blocks and texts shared by every feature, and their validator."""
