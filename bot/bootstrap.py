"""The composition root: settings to adapters to a ready application. Nothing else builds adapters."""
