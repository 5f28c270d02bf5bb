"""Enquiries, their answers, hand-overs, and a cohort's handbook."""
