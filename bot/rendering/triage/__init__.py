"""Texts about waiting questions, rulings, exemptions and appeals."""
