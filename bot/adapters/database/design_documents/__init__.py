"""Design documents."""
