"""Opening repositories of every kind, safely, and closing them without a trace."""

import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest

from bot.adapters.git.commands import GitRunner
from bot.domain.review.diff import FileSide
from bot.errors import IncompleteReadingError, UserError
from tests.adapters.git_checkouts import added, change, opened
from tests.repositories import Repository


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_repository_that_names_programs_everywhere_runs_none_of_them(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    evil = program(tmp_path / "evil", f'echo "$0 $@" >> {shlex.quote(str(ran))}; cat')
    repository.commit({"x.txt": b"1\n", "y.txt": b"1\n", "gone.txt": b"1\n"})
    repository.commit({"x.txt": b"2\n", ".gitattributes": b"* filter=evil diff=evil merge=evil\n"})
    missing = repository.id("HEAD~:x.txt")
    repository.write({"x.txt": b"3\n", "new.txt": b"n\n"})
    repository.git("add", "x.txt")
    repository.write({"x.txt": b"4\n", "y.txt": b"4\n"})
    hooks = repository.path / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "reference-transaction", "fsmonitor-watchman"):
        program(hooks / name, str(evil))
    for name in (
        "alias.cat-file",
        "core.alternateRefsCommand",
        "core.editor",
        "core.fsmonitor",
        "core.gitProxy",
        "core.pager",
        "core.sshCommand",
        "credential.helper",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.process",
        "filter.evil.smudge",
        "gpg.program",
        "interactive.diffFilter",
        "pager.diff-tree",
        "remote.origin.uploadpack",
    ):
        repository.git("config", name, f"!{evil}" if name.startswith("alias.") else str(evil))
    for name, value in {
        "core.hooksPath": ".git/hooks",
        "core.untrackedCache": "true",
        "extensions.partialClone": "origin",
        "filter.evil.required": "true",
        "pager.log": "true",
        "protocol.ext.allow": "always",
        "protocol.file.allow": "always",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{evil}",
    }.items():
        repository.git("config", name, value)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(evil))
    monkeypatch.setenv("GIT_PAGER", str(evil))
    monkeypatch.setenv("GIT_SSH_COMMAND", str(evil))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor'='{evil}'")
    ran.unlink(missing_ok=True)  # building the repository has run some

    assert added(change(repository.path))["x.txt"] == [b"2"]
    assert added(change(repository.path, None, "INDEX"))["x.txt"] == [b"3"]
    assert added(change(repository.path, "HEAD", "WORKTREE")) == {
        "new.txt": [b"n"],
        "x.txt": [b"4"],
        "y.txt": [b"4"],
    }
    (repository.path / ".git/objects" / missing[:2] / missing[2:]).unlink()
    with opened(repository.path) as checkout:
        checkout.baseline("HEAD")
        checkout.attributes(checkout.baseline("HEAD").head, ["x.txt"])
        with pytest.raises(IncompleteReadingError, match="partial clone"):
            checkout.read(FileSide("100644", missing))
        assert [file.path for file in checkout.change("HEAD~", "HEAD").files if file.unread] == ["x.txt"]

    assert not ran.exists(), ran.read_text()
    # The trap works: git left alone does run the programs.
    subprocess.run(["git", "status"], cwd=repository.path, capture_output=True, check=False)
    assert ran.exists()


def test_nothing_is_left_running_or_lying_about(repository: Repository, temporary: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})

    for head in ("HEAD", "INDEX", "WORKTREE"):
        with opened(repository.path) as checkout:
            checkout.change("HEAD^", head)
            (entry,) = checkout.tree()
            assert checkout.read(entry.side) == b"2\n"
            assert not no_children()
        assert no_children()
        assert list(temporary.iterdir()) == []


def test_an_interrupted_reading_leaves_nothing_either(repository: Repository, temporary: Path) -> None:
    repository.commit({"x": b"x\n"})

    def interrupted() -> None:
        with opened(repository.path) as checkout:
            checkout.baseline("WORKTREE")
            checkout.read(checkout.tree()[0].side)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert no_children()
    assert list(temporary.iterdir()) == []


def no_children() -> bool:
    """Say whether every git that this process has started has ended and been waited for."""
    listed = subprocess.run(["ps", "-A", "-o", "ppid=,comm="], capture_output=True, text=True, check=True)
    ours = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return not [name for parent, name in ours if parent == str(os.getpid()) and "git" in name]


def test_sha256_repositories_are_read_like_others(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path, "--object-format=sha256")
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n", "y": b"y\n"})
    repository.write({"x": b"3\n"})

    with opened(tmp_path) as checkout:
        assert added(checkout.change("HEAD^", "HEAD")) == {"x": [b"2"], "y": [b"y"]}
        assert checkout.read(checkout.tree()[0].side) == b"2\n"
        assert added(checkout.change("HEAD", "WORKTREE")) == {"x": [b"3"]}


def test_refs_in_tables_are_read_like_others(tmp_path: Path) -> None:
    trial = ["git", "init", "--ref-format=reftable", str(tmp_path / "trial")]
    if subprocess.run(trial, capture_output=True, check=False).returncode:
        pytest.skip("this git has no reftable")
    repository = Repository.make(tmp_path / "main", "--ref-format=reftable")
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    repository.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"), "HEAD^")
    Repository(tmp_path / "linked").commit({"x": b"3\n"})

    assert added(change(repository.path)) == {"x": [b"2"]}
    assert added(change(tmp_path / "linked", "main~", "linked")) == {"x": [b"3"]}
    assert change(tmp_path / "linked", "main", "HEAD").head != repository.id("HEAD")

    (repository.path / ".git/reftable/tables.list").write_text("../../../elsewhere.ref\n")
    with pytest.raises(UserError, match="names a file outside its folder"):
        change(repository.path)


def test_a_git_folder_elsewhere_has_to_name_the_folder_that_it_belongs_to(tmp_path: Path) -> None:
    store, folder = tmp_path / "store", tmp_path / "capstone"
    repository = Repository.make(folder, f"--separate-git-dir={store}")
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    repository.write({"x": b"3\n"})

    with pytest.raises(UserError, match=r"does not point back to") as refused:
        change(folder)
    command = str(refused.value).split("`")[1]
    subprocess.run(shlex.split(command), check=True)

    assert added(change(folder)) == {"x": [b"2"]}
    assert added(change(folder, "HEAD", "WORKTREE")) == {"x": [b"3"]}
    assert added(change(store, "HEAD", "WORKTREE")) == {"x": [b"3"]}


def test_the_commit_of_a_checked_out_submodule_is_read_in_its_folder(tmp_path: Path) -> None:
    library = Repository.make(tmp_path / "library")
    library.commit({"x": b"1\n"})
    library.commit({"x": b"2\n"})
    outer = Repository.make(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.path), "lib")
    Repository(outer.path / "lib").write({"x": b"3\n"})

    assert added(change(outer.path / "lib")) == {"x": [b"2"]}
    assert added(change(outer.path / "lib", "HEAD", "WORKTREE")) == {"x": [b"3"]}


def test_a_head_that_is_a_link_to_its_branch_is_read(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    (repository.path / ".git/HEAD").unlink()
    (repository.path / ".git/HEAD").symlink_to("refs/heads/main")

    assert added(change(repository.path)) == {"x": [b"2"]}


def test_a_bare_folder_beside_its_worktrees_is_read(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    project = tmp_path / "project"
    repository.git("clone", "-q", "--bare", str(repository.path), str(project / ".bare"))
    (project / ".git").write_text("gitdir: ./.bare\n")
    Repository(project).git("worktree", "add", "-q", "-b", "work", "tree")
    Repository(project / "tree").write({"x": b"3\n"})

    for where in (project, project / ".bare", project / "tree"):
        assert added(change(where)) == {"x": [b"2"]}
    assert added(change(project / "tree", "HEAD", "WORKTREE")) == {"x": [b"3"]}


def test_a_worktree_that_was_moved_has_to_be_mended(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    (tmp_path / "linked").rename(tmp_path / "moved")

    with pytest.raises(UserError, match=r"git worktree repair"):
        change(tmp_path / "moved", None)
    Repository(tmp_path / "moved").git("worktree", "repair")
    assert change(tmp_path / "moved", None).files == ()


def test_the_branch_that_is_followed_can_be_named(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("checkout", "-q", "-b", "work", "--track", "main")
    repository.commit({"x": b"2\n"})

    assert added(change(repository.path, "@{upstream}")) == {"x": [b"2"]}
    assert added(change(repository.path, "HEAD@{1}")) == {"x": [b"2"]}


def test_what_git_has_fetched_last_can_be_named(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    Repository.make(tmp_path / "other").git("pull", "-q", str(repository.path), "main")
    other = Repository(tmp_path / "other")
    repository.commit({"x": b"2\n"})
    other.git("fetch", "-q", str(repository.path), "main")

    assert added(change(other.path, "HEAD", "FETCH_HEAD")) == {"x": [b"2"]}


def test_a_bare_repository_is_read_by_commits(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    repository.git("clone", "-q", "--bare", str(repository.path), str(tmp_path / "bare.git"))

    assert added(change(tmp_path / "bare.git")) == {"x": [b"2"]}


def test_a_folder_whose_name_looks_like_a_variable_is_taken_literally(tmp_path: Path) -> None:
    repository = Repository.make(tmp_path / '$HOME:"~')
    repository.commit({"x": b"1\n"})
    repository.write({"x": b"2\n"})

    assert added(change(repository.path, "HEAD", "WORKTREE")) == {"x": [b"2"]}


def test_the_repository_meant_is_the_one_that_is_named(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    other = Repository.make(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.path))

    assert added(change(repository.path)) == {"x": [b"2"]}
    assert os.environ["GIT_DIR"] == str(other.path / ".git")


def test_where_there_is_no_repository_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not in a git repository"):
        change(tmp_path)
    with pytest.raises(UserError, match="does not exist, or Sensei is not allowed to open it"):
        change(tmp_path / "nowhere")


def test_a_repository_of_someone_else_is_not_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit()
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(UserError, match=r"belongs to someone else.* --add safe\.directory "):
        change(repository.path)


def test_a_repository_of_someone_else_that_the_user_trusts_is_read(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    (tmp_path / "gitconfig").write_text(f"[safe]\n\tdirectory = {repository.path}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    assert added(change(repository.path)) == {"x": [b"2"]}


@pytest.mark.parametrize("damaged", ["config", "index", "HEAD"])
def test_a_damaged_repository_is_said_to_be_so(damaged: str, repository: Repository) -> None:
    repository.commit({"x": b"x\n"})
    (repository.path / ".git" / damaged).write_bytes(b"[nonsense" * 10)

    with pytest.raises(UserError, match=r"git could not|is not in a git repository"):
        change(repository.path, "HEAD", "INDEX")


def test_an_old_git_is_refused(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "git", 'echo "git version 2.31.9"')
    monkeypatch.setattr("git.Git.GIT_PYTHON_GIT_EXECUTABLE", str(tmp_path / "git"))

    with pytest.raises(UserError, match=r"needs git 2\.32 or newer; this is git version 2\.31\.9"):
        change(repository.path)


def test_without_git_that_is_said(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("git.Git.GIT_PYTHON_GIT_EXECUTABLE", "/nowhere/git")

    with pytest.raises(UserError, match="Install git"):
        change(repository.path)


@pytest.mark.parametrize("slow", ["diff-tree -r.*--raw", "diff-tree -r.*--patch", "cat-file --batch$"])
def test_a_git_that_takes_too_long_is_killed(
    slow: str, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"x": b"1\n"})
    repository.commit({"x": b"2\n"})
    script = f'if echo "$@" | grep -q -e {shlex.quote(slow)}; then exec sleep 60; fi; exec git "$@"'
    program(tmp_path / "git", script)
    monkeypatch.setattr("git.Git.GIT_PYTHON_GIT_EXECUTABLE", str(tmp_path / "git"))

    def read() -> None:
        with opened(repository.path, timeout=1) as checkout:
            checkout.change("HEAD^", "HEAD")
            checkout.read(checkout.tree()[0].side)

    with pytest.raises(IncompleteReadingError, match=r"^git took longer than 1 s to read"):
        read()
    assert no_children()


@pytest.mark.parametrize(
    "said",
    [
        b"fatal: Out of memory, malloc failed (tried to allocate 1234 bytes)\n",
        b"error: x\nfatal: packfile a.pack cannot be mapped: Cannot allocate memory\n",
    ],
)
def test_git_without_memory_is_no_damaged_repository(said: bytes, tmp_path: Path) -> None:
    failure = GitRunner(tmp_path, "here", 60, {}).failure(said, "read a file")
    assert isinstance(failure, IncompleteReadingError)
    assert str(failure) == "git ran out of memory while trying to read a file."


def test_a_folder_cannot_write_lines_of_its_own_into_a_message(tmp_path: Path) -> None:
    folder = tmp_path / "a\nsensei: nothing was found\r"
    repository = Repository.make(folder)
    with pytest.raises(UserError) as empty, opened(folder) as checkout:
        checkout.change("HEAD", "HEAD")
    repository.commit({"x": b""})
    with pytest.raises(UserError) as unknown:
        change(folder, "nowhere")
    for raised in (empty, unknown):
        assert str(folder).replace("\n", "\\n").replace("\r", "\\r") in raised.value.what
        assert len(raised.value.what.splitlines()) == 1
