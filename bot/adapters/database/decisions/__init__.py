"""Tables and queries of decision records."""
