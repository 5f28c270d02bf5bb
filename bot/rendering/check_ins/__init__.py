"""Check-ins: messages, forms and pages."""
