"""Tables and queries of conversations about decisions."""
