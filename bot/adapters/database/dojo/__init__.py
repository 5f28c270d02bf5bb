"""Tables and queries for cohorts, members and pairs."""
