"""Setting up the GitHub App, and checking both apps."""
