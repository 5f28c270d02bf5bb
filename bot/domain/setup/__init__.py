"""The GitHub App, the Slack app and the health checks of an installation."""
