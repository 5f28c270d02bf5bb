"""Design documents: taking and reading them."""
