"""Durable workflows on DBOS."""
