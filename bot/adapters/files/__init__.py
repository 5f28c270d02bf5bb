"""Rubrics, prompts, cases, reports and settings on disk."""
