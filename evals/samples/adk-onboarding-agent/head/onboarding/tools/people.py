"""The people database."""

import sqlite3
from contextlib import closing

from onboarding.config import PEOPLE_DB


def connect() -> sqlite3.Connection:
    """Open the people database; the caller closes it."""
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
    with closing(connect()) as connection:
        rows = connection.execute(
            "SELECT id, name, team, email FROM people WHERE name LIKE ? ORDER BY name LIMIT 5",
            (f"%{name}%",),
        )
        return {"people": [dict(row) for row in rows]}


def set_profile_field(employee_id: str, field: str, value: str) -> dict:
    """Change one field of a colleague's profile, such as the team or the start date.

    Args:
        employee_id: the id from find_person.
        field: the name of the column.
        value: the new value.

    Returns:
        A dict with "changed": how many profiles changed.
    """
    with closing(connect()) as connection, connection:
        cursor = connection.execute(f"UPDATE people SET {field} = ? WHERE id = ?", (value, employee_id))
        return {"changed": cursor.rowcount}
