"""Rubrics, stack packs and overlays, and the evidence ledger that they are measured by."""
