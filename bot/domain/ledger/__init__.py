"""The evidence ledger of a capstone, and the draft levels computed from it."""
