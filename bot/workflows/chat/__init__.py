"""The chat: intake, dispatch to features, forms and outgoing messages."""
