"""Webhook events, comment commands, permissions and records of pull requests."""
