"""Where the outside comes in: verify, keep, acknowledge; nothing is decided here."""
