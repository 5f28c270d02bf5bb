"""Render reports for a terminal, as Markdown and as HTML, and write JSON Schemas."""
