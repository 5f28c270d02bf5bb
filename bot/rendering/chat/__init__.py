"""Slack blocks and text that every feature shares, and the validator of all of them."""
