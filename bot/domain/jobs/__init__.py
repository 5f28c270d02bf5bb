"""The backlog of work: what waits, since when, and what has given up."""
