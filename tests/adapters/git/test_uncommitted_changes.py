"""What is staged and what is in the working tree, read without touching either."""

import hashlib
import os
from pathlib import Path

import pytest

from bot.adapters.git import uncommitted_changes, working_tree_checks
from bot.adapters.git.uncommitted_changes import MOST_STAGED_BYTES
from bot.errors import IncompleteReadingError, UserError
from bot.ports.checkout import Change
from tests.adapters.git_checkouts import added, change, listed, opened
from tests.repositories import Repository


def fingerprint(folder: Path) -> str:
    """Hash names, modes and contents of everything below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(f"{path.relative_to(folder)} {path.lstat().st_mode} ".encode())
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


def untouched(repository: Repository, base: str | None, head: str, **limits: int) -> Change:
    """Read a change and check that the repository and its files are as they were, to the byte."""
    before = fingerprint(repository.path)
    found = change(repository.path, base, head, **limits)
    assert fingerprint(repository.path) == before
    return found


def test_index_and_working_tree_are_read_each_as_it_is(repository: Repository) -> None:
    head = repository.commit({"x": b"1\n", "gone": b"g\n", "unstaged": b"u\n", ".gitignore": b"*.log\n"})
    repository.write({"x": b"1\nstaged\n", "gone": None})
    repository.git("add", "--all")
    repository.write(
        {"x": b"1\nstaged\nlater\n", "unstaged": None, "new/file": b"n\n", "a.log": b"ignored\n"}
    )
    repository.write({"intended": b"i\n"})
    repository.git("add", "--intent-to-add", "intended")

    index = untouched(repository, None, "INDEX")
    tree = untouched(repository, "HEAD", "WORKTREE")

    assert (index.base, index.head, index.hiding_base) == (head, "INDEX", head)
    assert added(index) == {"gone": [], "x": [b"staged"]}
    assert (tree.base, tree.head, tree.hiding_base, tree.notes) == (head, "WORKTREE", head, ())
    assert added(tree) == {
        "gone": [],
        "intended": [b"i"],
        "new/file": [b"n"],
        "unstaged": [],
        "x": [b"staged", b"later"],
    }
    with opened(repository.path) as checkout:
        found = checkout.change("HEAD", "WORKTREE")
        assert listed(checkout.tree()) == {".gitignore": 6, "intended": 2, "new/file": 2, "x": 15}
        (x,) = (file.new for file in found.files if file.path == "x")
        assert x
        assert checkout.read(x) == b"1\nstaged\nlater\n"
        checkout.change(None, "INDEX")
        assert listed(checkout.tree()) == {".gitignore": 6, "unstaged": 2, "x": 9}


def test_the_working_tree_is_compared_with_the_branch_it_came_from(repository: Repository) -> None:
    base = repository.commit({"x": b"1\n"})
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"y": b"committed\n"})
    repository.git("checkout", "-q", "main")
    tip = repository.commit({"z": b"elsewhere\n"})
    repository.git("checkout", "-q", "work")
    repository.write({"y": b"committed\nnot yet\n"})

    found = untouched(repository, None, "WORKTREE")

    assert (found.base, found.hiding_base) == (base, tip)
    assert added(found) == {"y": [b"committed", b"not yet"]}


@pytest.mark.parametrize("head", ["INDEX", "WORKTREE"])
def test_before_the_first_commit_everything_counts_as_added(repository: Repository, head: str) -> None:
    assert untouched(repository, None, head).files == ()
    repository.write({"x": b"x\n"})
    repository.git("add", "x")

    found = untouched(repository, None, head)

    assert (found.base, found.hiding_base) == (None, None)
    assert added(found) == {"x": [b"x"]}


def test_a_file_in_place_of_a_folder_and_the_reverse(repository: Repository) -> None:
    repository.commit({"a/b": b"1\n", "c": b"2\n", "d/e": b"3\n", "real/e": b"3\n"})
    repository.write({"a/b": None, "c": None, "d/e": None})
    (repository.path / "a").rmdir()
    (repository.path / "d").rmdir()
    (repository.path / "d").symlink_to("real")
    repository.write({"a": b"file\n", "c/deep/f": b"folder\n"})

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {
        "a": [b"file"],
        "a/b": [],
        "c": [],
        "c/deep/f": [b"folder"],
        "d": [b"real"],
        "d/e": [],
    }


def test_what_cannot_or_should_not_be_read_is_left_out_and_said(repository: Repository) -> None:
    repository.commit({"tracked": b"1\n", "large": b"1\n"})
    repository.write({"new": b"x" * 1001, "newer": b"x" * 1002, "large": b"y" * 1001})
    (repository.path / "tracked").unlink()
    os.mkfifo(repository.path / "tracked")
    os.mkfifo(repository.path / "pipe")
    nested = Repository.make(repository.path / "nested")
    nested.commit({"x": b"x\n"})

    found = change(repository.path, "HEAD", "WORKTREE", max_scan_bytes=1000)

    assert found.files == ()
    assert found.notes == (
        "not in this reading of the working tree: large (larger than 1000 bytes).",
        "not in this reading of the working tree: tracked (not a regular file, or no permission to read it).",
        "not in this reading of the working tree: nested/ (a repository of its own).",
        "not in this reading of the working tree: new, newer (untracked and larger than 1000 bytes).",
    )


def test_large_files_are_not_copied_not_even_where_they_are_tracked(repository: Repository) -> None:
    names = [f"f{n}" for n in range(4)]
    repository.commit({"giant": b"1\n", **dict.fromkeys(names, b"1\n")})
    for name, size in {"giant": 1 << 40, **dict.fromkeys(names, MOST_STAGED_BYTES // 3)}.items():
        with (repository.path / name).open("r+b") as file:
            file.truncate(size)  # and nothing of it is on the disk
    found = change(repository.path, "HEAD", "WORKTREE", max_scan_bytes=MOST_STAGED_BYTES // 3)
    assert [file.path for file in found.files] == names[:3]
    assert found.notes == (
        "not in this reading of the working tree: f3 (the files before it add up to 128 MB).",
        f"not in this reading of the working tree: giant (larger than {MOST_STAGED_BYTES // 3} bytes).",
    )


def test_settings_of_the_repository_hide_no_change_from_git(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    x, then = repository.path / "x", (1_700_000_000,) * 2
    os.utime(x, then)
    repository.git("update-index", "--refresh")
    repository.git("config", "core.checkStat", "minimal")
    repository.git("config", "core.trustctime", "false")
    repository.write({"new": b"2\n"})
    (repository.path / "new").replace(x)  # of the same size, and of the same time
    os.utime(x, then)
    assert added(change(repository.path, "HEAD", "WORKTREE")) == {"x": [b"2"]}


def test_a_change_within_the_same_instant_as_the_index_is_seen(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("config", "core.trustctime", "false")
    x, index, then = repository.path / "x", repository.path / ".git/index", (1_700_000_000,) * 2
    repository.write({"x": b"2\n"})
    os.utime(x, then)
    repository.git("add", "x")
    repository.write({"x": b"3\n"})
    for path in (x, index):
        os.utime(path, then)

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"x": [b"3"]}


def test_line_ends_are_converted_as_a_commit_would(repository: Repository) -> None:
    repository.commit({"x": b"1\n2\n", ".gitattributes": b"* text=auto eol=crlf\n"})
    repository.git("config", "core.safecrlf", "true")
    repository.write({"x": b"1\r\n3\r\n", "mixed": b"1\n2\r\n"})

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"mixed": [b"1", b"2"], "x": [b"3"]}


def test_the_index_that_a_hook_is_given_is_the_one_that_is_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n", "y": b"1\n"})
    repository.write({"x": b"2\n", "y": b"2\n"})
    repository.git("add", "y")
    repository.git("read-tree", "HEAD", GIT_INDEX_FILE=".git/next-index")
    repository.git("add", "x", GIT_INDEX_FILE=".git/next-index")
    monkeypatch.chdir(repository.path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")

    assert added(untouched(repository, None, "INDEX")) == {"x": [b"2"]}
    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"x": [b"2"], "y": [b"2"]}


def test_a_split_index_stays_as_it_is(repository: Repository) -> None:
    repository.commit({"x": b"1\n", "y": b"1\n"})
    repository.git("config", "core.splitIndex", "true")
    repository.git("update-index", "--split-index")
    repository.write({"x": b"2\n", "new": b"n\n"})

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"new": [b"n"], "x": [b"2"]}


def test_conflicts_have_to_be_resolved_first(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    blob = repository.id("HEAD:x")
    repository.git("update-index", "--force-remove", "x")
    repository.git("update-index", "--index-info", stdin=f"100644 {blob} 1\tx\n100644 {blob} 2\tx\n".encode())

    for head in ("INDEX", "WORKTREE"):
        with pytest.raises(UserError, match=r"unresolved conflicts, for example in x\. Resolve them"):
            untouched(repository, None, head)


def test_a_bare_repository_has_nothing_uncommitted(tmp_path: Path) -> None:
    bare = Repository.make(tmp_path / "bare.git", "--bare")

    for head in ("INDEX", "WORKTREE"):
        with pytest.raises(UserError, match=r"is bare.* Name a commit"):
            change(bare.path, None, head)


def test_a_linked_worktree_has_an_index_of_its_own(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked").write({"x": b"2\n", "y": b"y\n"})
    linked.git("add", "y")

    assert added(untouched(linked, None, "INDEX")) == {"y": [b"y"]}
    assert added(untouched(linked, "HEAD", "WORKTREE")) == {"x": [b"2"], "y": [b"y"]}
    assert untouched(repository, "HEAD", "WORKTREE").files == ()


def test_from_a_subfolder_the_whole_working_tree_is_read(repository: Repository) -> None:
    repository.commit({"x": b"1\n", "folder/y": b"1\n"})
    repository.write({"x": b"2\n", "folder/y": b"2\n", "new": b"n\n"})

    found = change(repository.path / "folder", "HEAD", "WORKTREE")

    assert added(found) == {"folder/y": [b"2"], "new": [b"n"], "x": [b"2"]}


def test_what_the_user_ignores_everywhere_stays_out(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n"})
    repository.write({"notes.mine": b"n\n", "local": b"l\n", "new": b"n\n"})
    (repository.path / ".git/info").mkdir(exist_ok=True)
    (repository.path / ".git/info/exclude").write_text("local\n")
    (tmp_path / "ignored").write_text("*.mine\n")
    (tmp_path / "gitconfig").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignored'}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"new": [b"n"]}


def test_a_submodule_that_became_a_file_is_seen(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{repository.id('HEAD')},lib")
    repository.git("commit", "-q", "-m", "A library")
    repository.write({"lib": b"l\n"})

    assert added(untouched(repository, "HEAD", "WORKTREE")) == {"lib": [b"l"]}


def test_a_reading_of_the_last_commit_says_how_many_files_it_left_out(repository: Repository) -> None:
    repository.commit({"x": b"1\n", "gone": b"g\n", "same": b"s\n", ".gitignore": b"*.log\n"})
    (repository.path / "same").touch()
    assert change(repository.path, None, "HEAD").notes == ()
    repository.write({"new/file": b"n\n", "a.log": b"ignored\n"})
    assert untouched(repository, None, "HEAD").notes == (
        "1 uncommitted file was not read; --head WORKTREE reads it.",
    )
    repository.write({"x": b"2\n", "gone": None, "staged": b"s\n"})
    repository.git("add", "staged", "x")
    repository.write({"x": b"3\n"})
    found = untouched(repository, None, "HEAD")
    assert found.notes == ("4 uncommitted files were not read; --head WORKTREE reads them.",)
    assert (found.repository, found.branch) == (repository.path.name, "main")
    assert change(repository.path, None, "main").notes == ()
    repository.git("checkout", "--quiet", "--detach")
    assert change(repository.path, "main", "HEAD").branch == ""


def test_a_working_tree_that_cannot_be_read_does_not_stop_a_reading_of_the_last_commit(
    repository: Repository,
) -> None:
    repository.commit({"x": b"1\n"})
    os.mkfifo(repository.path / ".gitignore")
    assert change(repository.path, None, "HEAD").notes == ()


def test_a_working_tree_with_too_many_folders_is_not_counted_for_long(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n"})
    repository.write({"new/file": b"n\n"})
    monkeypatch.setattr(uncommitted_changes, "COUNTING_SECONDS", -1.0)
    with pytest.raises(IncompleteReadingError, match="too many folders"):
        working_tree_checks.require_walkable(repository.path, -1.0)
    assert change(repository.path, None, "HEAD").notes == ()
