"""Entry points: verify what comes in from outside, store it and acknowledge it. Nothing is decided here."""
