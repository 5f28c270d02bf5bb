"""The evidence ledger of a capstone, and the draft levels that it comes to."""
