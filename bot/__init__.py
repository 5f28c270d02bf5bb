"""Sensei: the first reader of an AI Dojo. The bot asks, the sensei judges."""
