"""What a model's words may say before anybody reads them."""
