"""Dispatching due work, retrying it, and sharing the engine fairly."""
