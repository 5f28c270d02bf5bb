"""Slack: intake, dispatch to features, forms and outgoing messages."""
