"""Rubrics, stack packs and overlays: what they may say, and what their signals cover."""
