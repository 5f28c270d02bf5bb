"""Texts about what Sensei may cite."""
