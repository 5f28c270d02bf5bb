"""Reading a clone as it was fetched last, without asking the host."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.stored_clones import GitStoredClones
from tests.adapters.desks import Desk
from tests.fakes.github import GitHub

MOST = 1000


@pytest.fixture(name="it")
def a_desk(tmp_path: Path) -> Iterator[Desk]:
    with GitHub() as github:
        yield Desk(github, tmp_path)


def read(it: Desk, head: str, *wanted: str) -> dict[str, bytes] | None:
    with GitStoredClones(it.cache).open_stored(it.repository.id, head) as read_files:
        return None if read_files is None else dict(read_files(lambda _: wanted, MOST)[1])


def test_files_are_read_as_they_are_in_the_commit_and_nothing_is_fetched(it: Desk) -> None:
    head = it.repository.refs["main"]
    it.read(head, base=None)
    it.push({"README.md": b"Later.\n"}, "main")
    before = it.transfers()
    assert read(it, head, "README.md", "desk.py", "gone.md") == {
        "README.md": b"A page.\n" * 50,
        "desk.py": b"LIMIT = 3\n",
    }
    assert it.transfers() == before
    with GitStoredClones(it.cache).open_stored(it.repository.id, head) as read_files:
        assert read_files is not None
        assert "notes.txt" in read_files(lambda _: (), MOST)[0]


def test_without_a_clone_or_the_commit_there_is_nothing_and_no_trace_is_left(it: Desk) -> None:
    assert read(it, "a" * 40, "README.md") is None
    assert not it.cache.holds(it.repository.id)
    it.read(it.repository.refs["main"], base=None)
    assert read(it, "a" * 40, "README.md") is None


def test_a_clone_that_a_reading_uses_is_not_waited_for(it: Desk) -> None:
    head = it.repository.refs["main"]
    with it.cache.open_clone(it.wanted(head, base=None)):
        assert read(it, head, "README.md") is None
    assert read(it, head, "README.md") == {"README.md": b"A page.\n" * 50}


def test_a_blob_that_the_clone_lacks_and_a_large_file_are_left_out(it: Desk) -> None:
    head = it.push({"large.md": b"x" * (MOST + 1), "data/table.csv": b"1,2\n"}, "main")
    it.read(it.push({"desk.py": b"LIMIT = 5\n"}))  # it brings all trees, but few blobs beside the change
    assert read(it, head, "large.md", "data/table.csv", "desk.py") == {"desk.py": b"LIMIT = 3\n"}
