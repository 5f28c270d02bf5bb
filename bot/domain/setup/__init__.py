"""The GitHub App, the Slack app and the checks of an installation."""
