"""Ledgers: on a terminal and as Markdown."""
