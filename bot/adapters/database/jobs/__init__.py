"""Queries for due jobs, outside effects and the backlog."""
