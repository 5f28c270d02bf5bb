"""Commands, clicks, forms and events from the chat, as plain values."""
