"""What happens in which order, one module per feature; the world is reached through ports."""
