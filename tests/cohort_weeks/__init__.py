"""A cohort that lives for weeks: the real bot on a clock that the test turns, and people who use it."""
