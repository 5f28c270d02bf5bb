"""Texts of conversations about decisions."""
