"""What the workflows need of the world, as Protocols. Adapters implement them."""
