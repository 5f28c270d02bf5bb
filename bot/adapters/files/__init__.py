"""Rubrics, prompts, evaluation cases, reports and settings on disk."""
