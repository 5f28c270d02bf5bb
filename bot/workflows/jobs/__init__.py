"""Dispatching due work, retrying it, and dividing the engine fairly."""
