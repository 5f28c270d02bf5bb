"""Searches the stock."""

import os
import sqlite3


def search(word: str) -> str:
    """Return up to ten parts whose name has a word in it, one a line."""
    with sqlite3.connect(os.environ["STOCK_DB"]) as stock:
        rows = stock.execute(f"SELECT number, name, pieces FROM stock WHERE name LIKE '%{word}%' LIMIT 10")
        return "\n".join(f"{number}: {name} ({pieces})" for number, name, pieces in rows)
