"""Making and sending the weekly digests."""
