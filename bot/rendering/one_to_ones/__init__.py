"""One-to-ones and their briefs: messages, forms and pages."""
