"""What people do in the chat, as values."""
