"""Pairs in words: in Slack and on a terminal."""
