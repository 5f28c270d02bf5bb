"""Ledgers for a terminal and as Markdown."""
