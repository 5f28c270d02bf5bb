"""The people tools on a real, small database."""

import sqlite3
from pathlib import Path

import pytest

from onboarding.tools import people


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(Path("data/schema.sql").read_text(encoding="utf-8"))
        connection.execute(
            "INSERT INTO people (id, name, team, email) VALUES (?, ?, ?, ?)",
            ("e-17", "Ines Carvalho", "Payments", "ines@example.invalid"),
        )
    monkeypatch.setattr(people, "PEOPLE_DB", str(path))


def test_a_part_of_the_name_is_enough() -> None:
    assert [person["id"] for person in people.find_person("carv")["people"]] == ["e-17"]


def test_two_letters_find_nobody() -> None:
    assert people.find_person("ca")["people"] == []


def test_a_profile_field_can_be_changed() -> None:
    assert people.set_profile_field("e-17", "team", "Risk") == {"changed": 1}
    assert people.find_person("carv")["people"][0]["team"] == "Risk"
