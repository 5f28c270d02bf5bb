"""Check-ins: when they are due, asking, reminding, skipping."""
