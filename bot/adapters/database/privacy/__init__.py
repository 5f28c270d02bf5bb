"""Queries that show or erase what is stored about a person."""
