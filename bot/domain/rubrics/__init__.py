"""Rubrics, stack packs and overlays: their models, and the coverage of their signals."""
