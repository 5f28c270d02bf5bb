"""The people tools on a real, small database."""

import sqlite3
from pathlib import Path

import pytest

from onboarding.tools import directory


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(Path("data/schema.sql").read_text(encoding="utf-8"))
        connection.execute(
            "INSERT INTO people (id, name, team, email) VALUES (?, ?, ?, ?)",
            ("e-17", "Ines Carvalho", "Payments", "ines@example.invalid"),
        )
    monkeypatch.setattr(directory, "PEOPLE_DB", str(path))


def test_a_part_of_the_name_is_enough() -> None:
    assert [person["id"] for person in directory.find_person("carv")["people"]] == ["e-17"]


def test_two_letters_find_nobody() -> None:
    assert directory.find_person("ca")["people"] == []
