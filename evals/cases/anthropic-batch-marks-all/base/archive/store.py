"""The archive's articles."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Article:
    id: str
    text: str


class Archive:
    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path)

    def untagged(self, limit: int) -> list[Article]:
        rows = self._db.execute("SELECT id, text FROM articles WHERE NOT tagged ORDER BY day LIMIT ?", (limit,))
        return [Article(*row) for row in rows]

    def add_tags(self, article: str, tags: Iterable[str]) -> None:
        with self._db:
            self._db.executemany("INSERT INTO tags VALUES (?, ?)", [(article, tag) for tag in tags])

    def mark_tagged(self, articles: Iterable[str]) -> None:
        with self._db:
            self._db.executemany("UPDATE articles SET tagged = 1 WHERE id = ?", [(article,) for article in articles])
