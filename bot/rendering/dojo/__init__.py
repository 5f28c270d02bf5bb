"""What people read about cohorts and themselves, in Slack and on a terminal."""
