"""Setting up the GitHub App, and checking it and the Slack app."""
