"""A running bot reads the handbook that a command beside it has set, and keeps the rubric searchable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.serving import Serving, serving


@pytest.fixture(name="it")
def a_dojo(tmp_path: Path) -> Iterator[Serving]:
    with serving(tmp_path) as it:
        it.enrol()
        yield it
        assert it.errors() == []
        assert it.end() == 0


def test_the_bot_reads_a_changed_handbook_at_its_start_and_the_command_finds_it(it: Serving) -> None:
    handbook = it.github.repository("ada/handbook", {"night.md": b"# At night\n\nThe okapi answers.\n"})
    it.installation.repositories.append(handbook)
    done = it.run("handbook", "set", "dojo", "ada/handbook")
    assert done.returncode == 0, done.stderr
    it.github.push(handbook, "main", {"day.md": b"# By day\n\nThe tapir answers.\n"})
    it.start()

    def pages() -> int:
        with it.database.connect() as connection:
            return int(connection.execute(sa.text("SELECT pages FROM handbook")).scalar_one())

    it.wait(lambda: pages() == 2)
    found = it.run("handbook", "search", "dojo", "who", "is", "the", "tapir?")
    assert "/ada/handbook/blob/main/day.md#by-day" in found.stdout, found.stderr
    assert "Levels" in it.run("handbook", "search", "dojo", "levels", "of", "the", "rubric").stdout
