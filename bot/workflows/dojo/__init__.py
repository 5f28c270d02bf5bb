"""Cohorts and their people: joining, importing, linking accounts, the App Home."""
