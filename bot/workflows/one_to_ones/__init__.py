"""One-to-ones and their briefs: their times, the briefs the day before, and what was said afterwards."""
