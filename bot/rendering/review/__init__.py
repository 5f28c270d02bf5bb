"""A report: on a terminal, as Markdown, HTML and JSON Schema."""
