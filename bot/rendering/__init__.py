"""Pure pictures of results: terminal, Markdown, JSON."""
