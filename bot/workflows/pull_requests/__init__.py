"""From a webhook to a published review, and the commands in its comments."""
