"""Defences: preparing the questions, and ruling on the answers."""
