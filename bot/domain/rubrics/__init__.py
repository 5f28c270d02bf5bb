"""Rubrics, stack packs and overlays: their models, and what their signals cover."""
