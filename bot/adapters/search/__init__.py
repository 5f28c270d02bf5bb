"""The search index: SQLite's full-text search in a file of its own."""

from bot.adapters.search.index import SqliteSearchIndex

__all__ = ["SqliteSearchIndex"]
