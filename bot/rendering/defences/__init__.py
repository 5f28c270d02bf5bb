"""Defences: messages, forms and pages."""
