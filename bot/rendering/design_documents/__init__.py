"""Design documents: messages, forms and pages."""
