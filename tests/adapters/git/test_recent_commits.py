"""The last commits of the changed files, from real repositories: whole, shallow and without trees."""

import subprocess
from pathlib import Path

from bot.adapters.git import open_checkout
from bot.domain.review.recent_history import RecentCommits
from tests.repositories import ENVIRONMENT, Repository


def history(path: Path, *files: str, base: str = "main", head: str = "work") -> RecentCommits:
    with open_checkout(str(path), timeout=60, max_scan_bytes=1 << 20) as checkout:
        checkout.change(base, head)
        return checkout.recent_commits(files)


def repository(path: Path) -> Repository:
    made = Repository.make(path)
    made.commit({"a.py": b"a = 1\n", "b.py": b"b = 1\n", "\udce9\n.py": b"c = 1\n"}, "Begin")
    made.commit({"other.py": b"x\n"}, "Something else")
    made.commit({"a.py": b"a = 2\n"}, "Cache answers\n\nA body that nobody reads.")
    made.commit({"a.py": b"a = 1\n"}, 'Revert "Cache answers"')
    made.git("checkout", "--quiet", "-b", "work")
    made.commit({"a.py": b"a = 2\n"}, "Cache answers again")
    return made


def test_the_commits_before_the_change_are_read_newest_first_with_the_files_that_they_touched(
    tmp_path: Path,
) -> None:
    repository(tmp_path)
    found = history(tmp_path, "a.py", "\udce9\n.py", "missing.py")
    assert [(commit.subject, commit.paths) for commit in found.read] == [
        ('Revert "Cache answers"', ("a.py",)),
        ("Cache answers", ("a.py",)),
        ("Begin", ("a.py", "\udce9\n.py")),
    ]
    assert found.problem == ""
    assert {commit.seconds for commit in found.read} == {0}


def test_ages_count_from_the_head(tmp_path: Path) -> None:
    made = repository(tmp_path)
    made.write({"a.py": b"a = 3\n"}).git("add", "--all")
    made.git("commit", "--quiet", "--message", "Later", GIT_COMMITTER_DATE="2024-01-04T12:00:00Z")
    assert {commit.seconds for commit in history(tmp_path, "a.py").read} == {3 * 86400}


def test_commits_of_more_than_two_years_before_are_left_out(tmp_path: Path) -> None:
    made = repository(tmp_path)
    made.write({"a.py": b"a = 3\n"}).git("add", "--all")
    made.git("commit", "--quiet", "--message", "Later", GIT_COMMITTER_DATE="2026-02-01T12:00:00Z")
    assert history(tmp_path, "a.py") == RecentCommits()


def test_a_shallow_clone_does_not_blame_its_first_commit_for_every_file(tmp_path: Path) -> None:
    repository(tmp_path / "whole")
    _clone(tmp_path, "--depth=3", "--branch=work")
    found = history(tmp_path / "clone", "a.py", "b.py", base="HEAD~1", head="HEAD")
    assert [commit.subject for commit in found.read] == ['Revert "Cache answers"']


def test_a_clone_without_trees_has_no_history_and_says_so(tmp_path: Path) -> None:
    repository(tmp_path / "whole").git("config", "uploadpack.allowFilter", "true")
    _clone(tmp_path, "--filter=tree:0", "--branch=work")
    for commit in ("HEAD", "HEAD~1"):  # what reading the change itself needs
        subprocess.run(["git", "diff", "--quiet", f"{commit}^{{tree}}"], cwd=tmp_path / "clone", check=False)
    found = history(tmp_path / "clone", "a.py", base="HEAD~1", head="HEAD")
    assert found.problem.startswith("not read in full: git could not read the recent commits")
    assert "partial clone" in found.problem


def _clone(path: Path, *options: str) -> None:
    source = (path / "whole").as_uri()
    command = ["git", "clone", "--quiet", *options, source, str(path / "clone")]
    subprocess.run(command, check=True, env={**ENVIRONMENT, "PATH": "/usr/bin:/bin:/usr/local/bin"})
