"""Check-ins: when a participant is asked about a decision that no pull request has surfaced, and what."""
