"""Helpers for text that other people wrote."""
