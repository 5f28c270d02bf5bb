"""Entry points: verify, store and acknowledge incoming requests. They make no decisions."""
