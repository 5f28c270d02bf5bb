"""The defence: questions about merged code that a participant answers live, alone."""
