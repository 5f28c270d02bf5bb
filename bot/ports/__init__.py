"""Protocols for everything the workflows need from outside. Adapters implement them."""
