"""A git folder holds files that weigh nothing and cost a lot; a review refuses them, or leaves them alone."""

import os
import tempfile
from pathlib import Path

import pytest

from bot.adapters.git import git_folder_checks
from bot.errors import UserError
from tests.adapters.git_checkouts import added, change, opened
from tests.repositories import Repository

MB = 1024 * 1024


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.make(tmp_path / "capstone")
    made.commit({"a.py": b"x = 1\n"})
    made.commit({"a.py": b"x = 2\n"})
    return made


def make_sparse(path: Path, size: int) -> None:
    path.touch()
    os.truncate(path, size)


def bytes_below(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))


@pytest.mark.parametrize("head", ["HEAD", "INDEX", "WORKTREE"])
def test_a_shared_index_that_the_index_does_not_name_is_not_copied(
    repository: Repository, temporary: Path, head: str
) -> None:
    make_sparse(repository.path / f".git/sharedindex.{'a' * 40}", 64 * MB)
    with opened(repository.path) as checkout:
        assert added(checkout.change("HEAD^", head)) == {"a.py": [b"x = 2"]}
        assert bytes_below(temporary) < MB


def test_an_index_that_names_two_shared_ones_is_refused(repository: Repository) -> None:
    repository.git("update-index", "--split-index")
    other = repository.path / f".git/sharedindex.{b'x'.hex() * 20}"
    make_sparse(other, 64 * MB)
    repository.write({"link0000" + "x" * 20: b""})
    repository.git("-c", "splitIndex.maxPercentChange=100", "add", "--all")
    with pytest.raises(UserError, match="names more than one shared index"):
        change(repository.path, "HEAD", "INDEX")
    other.unlink()
    assert list(added(change(repository.path, "HEAD", "INDEX"))) == ["link0000" + "x" * 20]


@pytest.mark.parametrize("name", ["A_HEAD", "FETCH_HEAD", "shallow", "info/exclude"])
def test_a_short_file_that_is_long_is_refused(repository: Repository, temporary: Path, name: str) -> None:
    (repository.path / ".git/info").mkdir(exist_ok=True)
    make_sparse(repository.path / ".git" / name, MB + 1)
    with pytest.raises(UserError, match=f"{name} has more than {MB} bytes"), opened(repository.path):
        pass
    assert list(temporary.iterdir()) == []


def test_what_is_copied_is_bounded_together(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x" * 10)
    copies = git_folder_checks.FileCopies(most=25)
    copies.add(tmp_path / "a", tmp_path / "copy of a")
    copies.add(tmp_path / "b", tmp_path / "copy of b")
    with pytest.raises(UserError, match="more than 25 bytes"):
        copies.add(tmp_path / "c", tmp_path / "copy of c")
    assert not (tmp_path / "copy of c").exists()
