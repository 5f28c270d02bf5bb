"""Pure pictures of results: terminal, Markdown, HTML, JSON."""
