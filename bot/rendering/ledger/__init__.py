"""Render ledgers for a terminal and as Markdown."""
