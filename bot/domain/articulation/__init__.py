"""Conversations about a decision: what a person has said about it, and the one follow-up question."""
