"""Texts of decision records."""
