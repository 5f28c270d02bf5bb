"""Defences and their questions."""
