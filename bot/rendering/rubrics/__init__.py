"""Rubrics and ledgers: on a terminal and as Markdown."""
