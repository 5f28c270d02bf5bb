"""Branches with one new commit, pushed by real git over HTTP."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.git.branches import GitBranches
from bot.errors import IncompleteReadingError, PermanentError
from bot.ports.checkout import BranchCommit, BranchTakenError, CloneRequest
from tests.adapters.desks import Desk, git
from tests.fakes.github import GitHub
from tests.fakes.github.client import Client

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BRANCH = "sensei/decision-0007"


class Pushing(Desk):
    """A desk whose token may write contents."""

    def __init__(self, github: GitHub, folder: Path) -> None:
        super().__init__(github, folder)
        self.installation.permissions["contents"] = "write"
        self.token = Client(github, self.installation).token
        self.branches = GitBranches(self.cache)

    @property
    def head(self) -> CloneRequest:
        return self.wanted(self.repository.refs["main"], base=None)

    def commit(self, path: str = "docs/adr/0007-x.md", content: bytes = b"# X\n") -> BranchCommit:
        author = ("sensei[bot]", "5+sensei[bot]@users.noreply.github.com")
        return BranchCommit(BRANCH, self.head.head, {path: content}, author, "Add decision 7\n", AT)


@pytest.fixture(name="it")
def a_pushing_desk(tmp_path: Path) -> Iterator[Pushing]:
    with GitHub() as github:
        yield Pushing(github, tmp_path)


def test_a_branch_has_the_head_and_one_commit_with_the_files(it: Pushing) -> None:
    it.branches.push(it.head, it.commit())
    tip = it.repository.refs[BRANCH]
    store = it.repository.store
    assert store.git("diff", "--name-status", "main", tip) == "A\tdocs/adr/0007-x.md\n"
    made = store.commit(tip)
    assert (made.parents, made.name, made.message) == ((it.head.head,), "sensei[bot]", "Add decision 7")
    assert made.date.startswith("2026-03-01T12:00:00")


def test_the_same_commit_can_be_pushed_again(it: Pushing) -> None:
    it.branches.push(it.head, it.commit())
    tip = it.repository.refs[BRANCH]
    it.branches.push(it.head, it.commit())
    assert it.repository.refs[BRANCH] == tip


def test_a_branch_that_moved_is_left_alone(it: Pushing) -> None:
    it.branches.push(it.head, it.commit())
    tip = it.push({"more.py": b"1\n"}, BRANCH)
    with pytest.raises(BranchTakenError):
        it.branches.push(it.head, it.commit(content=b"# Y\n"))
    assert it.repository.refs[BRANCH] == tip


def test_the_clone_stays_as_it_was(it: Pushing) -> None:
    it.branches.read_files(it.head, lambda paths: paths, 1000)
    before = it.objects()
    it.branches.push(it.head, it.commit())
    assert it.objects() == before
    assert "sensei/decision" not in git(it, "for-each-ref")


def test_a_token_that_only_reads_is_refused(it: Pushing) -> None:
    it.installation.permissions["contents"] = "read"
    reading = replace(it.head, token=Client(it.github, it.installation).token)
    with pytest.raises(PermanentError):
        it.branches.push(reading, it.commit())
    assert BRANCH not in it.repository.refs


@pytest.mark.parametrize("mode", ["100644", "120000"])
def test_neither_a_file_nor_a_link_makes_room_for_a_folder(it: Pushing, mode: str) -> None:
    store = it.repository.store
    blob = store.git("hash-object", "-w", os.devnull).strip()
    _commit_entry(it, f"{mode} blob {blob}\tdocs\n")
    with pytest.raises(IncompleteReadingError, match="should be"):
        it.branches.push(it.head, it.commit())
    assert BRANCH not in it.repository.refs


def _commit_entry(it: Pushing, entry: str) -> None:
    """Commit one more entry to the default branch, of any mode."""
    store = it.repository.store
    tree = store.git("ls-tree", "main") + entry
    made = store._run("mktree", stdin=tree.encode()).stdout.decode().strip()
    sha = store.git("commit-tree", made, "-p", "main", "-m", "Odd").strip()
    store.git("update-ref", "refs/heads/main", sha)
    it.github.sync(it.repository)


def test_only_regular_files_of_a_certain_size_are_read(it: Pushing) -> None:
    blob = it.repository.store.git("hash-object", "-w", os.devnull).strip()
    _commit_entry(it, f"120000 blob {blob}\tlink.md\n")
    paths, contents = it.branches.read_files(it.head, lambda found: found, 5)
    assert "link.md" not in paths
    assert all(len(content) <= 5 for content in contents.values())
    assert set(contents) < set(paths)
