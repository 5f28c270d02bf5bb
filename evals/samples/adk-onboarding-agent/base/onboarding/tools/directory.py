"""The people database."""

import sqlite3
from contextlib import closing

from onboarding.config import PEOPLE_DB


def _connect() -> sqlite3.Connection:
    connection = sqlite3.connect(PEOPLE_DB, timeout=5)
    connection.row_factory = sqlite3.Row
    return connection


def find_person(name: str) -> dict:
    """Find colleagues by a part of their name.

    Args:
        name: at least three letters of a first or last name.

    Returns:
        A dict with "people": a list of {"id", "name", "team", "email"}, at most five.
    """
    if len(name) < 3:
        return {"people": [], "error": "give at least three letters"}
    with closing(_connect()) as connection:
        rows = connection.execute(
            "SELECT id, name, team, email FROM people WHERE name LIKE ? ORDER BY name LIMIT 5",
            (f"%{name}%",),
        )
        return {"people": [dict(row) for row in rows]}
