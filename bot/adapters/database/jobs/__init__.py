"""Queries for due jobs, external effects and the backlog."""
