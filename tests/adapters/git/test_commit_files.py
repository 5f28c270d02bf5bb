"""Some files of a commit, read by real git over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.commit_files import GitCommitReader
from tests.adapters.desks import Desk
from tests.fakes.github import GitHub


@pytest.fixture(name="it")
def a_desk(tmp_path: Path) -> Iterator[Desk]:
    with GitHub() as github:
        yield Desk(github, tmp_path)


def test_the_named_files_come_with_the_subject_of_their_last_commit(it: Desk) -> None:
    before = it.repository.refs["main"]
    head = it.push({"desk.py": b"LIMIT = 4\n"}, "main")
    reader = GitCommitReader(it.cache)
    found = reader.read_commit(it.wanted(head, base=None), {"desk.py", "README.md", "gone.py"}, 1000)
    assert found.contents == {"desk.py": b"LIMIT = 4\n", "README.md": b"A page.\n" * 50}
    assert set(found.subjects) == {"desk.py", "README.md"}
    assert all(found.subjects.values())
    earlier = reader.read_commit(it.wanted(before, base=None), {"desk.py"}, 1000)
    assert earlier.contents == {"desk.py": b"LIMIT = 3\n"}


def test_what_is_hidden_or_too_large_is_left_out(it: Desk) -> None:
    head = it.push({".senseiignore": b"desk.py\n"}, "main")
    found = GitCommitReader(it.cache).read_commit(it.wanted(head, base=None), {"desk.py", "README.md"}, 100)
    assert (found.contents, found.hidden) == ({}, frozenset({"desk.py"}))


def test_a_file_that_is_not_there_is_hidden_all_the_same(it: Desk) -> None:
    head = it.push({".senseiignore": b"private/\n"}, "main")
    paths = {"private/gone.py", "gone.py"}
    found = GitCommitReader(it.cache).read_commit(it.wanted(head, base=None), paths, 100)
    assert (found.contents, found.hidden) == ({}, frozenset({"private/gone.py"}))


def test_of_a_file_that_is_gone_the_last_commit_is_known(it: Desk) -> None:
    head = it.push({"desk.py": None}, "main")
    found = GitCommitReader(it.cache).read_commit(it.wanted(head, base=None), {"desk.py", "gone.py"}, 1000)
    assert found.contents == {}
    assert set(found.subjects) == {"desk.py"}
