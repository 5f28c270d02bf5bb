"""Which commits are compared, and what is said where that cannot be told."""

from pathlib import Path

import pytest

from bot.errors import UserError
from tests.adapters.git_checkouts import added, change, opened
from tests.repositories import Repository


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("", "is empty"),
        (" ", "is empty"),
        ("-p", "looks like an option"),
        ("--output=x", "looks like an option"),
        ("HEAD\n", "control character"),
        ("HEAD\0", "control character"),
        ("HEAD\t", "control character"),
        ("nowhere", "There is no commit 'nowhere'"),
        ("mian", "Did you mean main"),
        ("^main", "There is no commit"),
        ("main..work", "There is no commit"),
        ("main:x", "There is no commit"),
        ("f" * 40, "There is no commit"),
        ("caf\udce9", "There is no commit"),
    ],
)
def test_a_revision_that_names_no_commit_is_refused(
    revision: str, message: str, repository: Repository
) -> None:
    repository.commit({"x": b"1\n"})

    with opened(repository.path) as checkout:
        for base, head in ((revision, "HEAD"), ("HEAD", revision)):
            with pytest.raises(UserError, match=message):
                checkout.change(base, head)
    assert not (repository.path / "x~").exists()
    assert sorted(path.name for path in repository.path.iterdir()) == [".git", "x"]


def test_a_branch_is_compared_from_where_it_left(repository: Repository) -> None:
    start = repository.commit({"x": b"1\n"})
    repository.git("checkout", "-q", "-b", "work")
    head = repository.commit({"y": b"y\n"})
    repository.git("checkout", "-q", "main")
    tip = repository.commit({"x": b"2\n"})

    for base in ("main", "refs/heads/main", tip, tip[:10], None):
        found = change(repository.path, base, "work")
        assert (found.base, found.head, found.hiding_base) == (start, head, tip)
        assert added(found) == {"y": [b"y"]}


def test_without_a_base_the_first_usual_branch_is_taken(repository: Repository) -> None:
    repository.commit()
    repository.git("branch", "-m", "trunk")
    with pytest.raises(UserError, match=r"no origin/HEAD, and no .*--base"):
        change(repository.path, None)

    for name in (
        "heads/master",
        "heads/main",
        "remotes/origin/master",
        "remotes/origin/main",
        "remotes/origin/HEAD",
    ):
        tip = repository.commit(message=name)
        repository.git("update-ref", f"refs/{name}", tip)
        repository.git("tag", "--force", "main", "trunk~1")
        assert change(repository.path, None).hiding_base == tip


def test_a_head_without_common_history_is_compared_with_nothing(repository: Repository) -> None:
    repository.commit({"x": b"x\n"})
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit({"y": b"y\n"})

    found = change(repository.path, "main", "other")

    assert (found.base, found.hiding_base) == (None, repository.id("main"))
    assert added(found) == {"x": [b"x"], "y": [b"y"]}
    assert found.notes == ("The base and the head have no common history: every file counts as added.",)


def test_a_merge_as_head_brings_what_its_branch_brought(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"y": b"y\n"})
    repository.git("checkout", "-q", "main")
    tip = repository.commit({"z": b"z\n"})
    repository.git("checkout", "-q", "work")
    repository.git("merge", "-q", "--no-edit", "main")

    found = change(repository.path, "main", "work")

    assert (found.base, added(found)) == (tip, {"y": [b"y"]})


def test_of_several_merge_bases_one_is_taken_and_that_is_said(repository: Repository) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("branch", "work")
    one = repository.commit({"a": b"a\n"})
    repository.git("checkout", "-q", "work")
    other = repository.commit({"b": b"b\n"})
    repository.git("merge", "-q", "--no-edit", one)
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-edit", other)
    repository.commit({"c": b"c\n"})

    found = change(repository.path, "work", "main")

    assert found.base in {one, other}
    assert found.notes == (f"The base and the head have 2 merge bases; git chose {found.base}.",)
    assert added(found)["c"] == [b"c"]


def test_a_shallow_clone_says_how_to_deepen_it(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"x": b"1\n"})
    repository.git("branch", "work")
    repository.commit({"x": b"2\n"})
    repository.git("checkout", "-q", "work")
    repository.commit({"y": b"y\n"})
    where = tmp_path / "shallow"
    url = f"file://{repository.path}"
    repository.git("clone", "-q", "--depth=1", "--no-single-branch", url, str(where))

    with pytest.raises(UserError, match=r"history ends before .*git fetch --unshallow"):
        change(where, "origin/main", "origin/work")
    with pytest.raises(UserError, match=r"run `git fetch --unshallow`"):
        change(where, "1234567", "HEAD")
    assert change(where, "HEAD", "HEAD").files == ()

    Repository(where).git("fetch", "-q", "--unshallow")
    assert added(change(where, "origin/main", "origin/work")) == {"y": [b"y"]}


def test_before_the_first_commit_there_is_no_commit_to_read(repository: Repository) -> None:
    for base in (None, "HEAD"):
        with pytest.raises(UserError, match=r"has no commits yet(.|\n)*--head INDEX.*--head WORKTREE"):
            change(repository.path, base)


def test_a_head_whose_commit_is_gone_is_damage(repository: Repository) -> None:
    oid = repository.commit({"x": b"x\n"})
    (repository.path / ".git/objects" / oid[:2] / oid[2:]).unlink()

    for head in ("HEAD", "INDEX", "WORKTREE"):
        with pytest.raises(UserError, match="is damaged: the commit that HEAD points to is missing"):
            change(repository.path, None, head)


@pytest.mark.parametrize("kind", ["refs/tags/main", "refs/remotes/main"])
@pytest.mark.parametrize("written", ["main", "main~0", "main^{commit}"])
def test_a_name_of_two_commits_is_refused(kind: str, written: str, repository: Repository) -> None:
    start = repository.commit({"x": b"1\n"})
    tip = repository.commit({"x": b"2\n"})
    repository.git("checkout", "-q", "-b", "work")
    repository.git("update-ref", kind, start)
    with pytest.raises(
        UserError, match=f"'main' names refs/heads/main and {kind} in .*they differ"
    ) as raised:
        change(repository.path, written, "work")
    assert raised.value.remedy == f"Say which one you mean, for example refs/heads/{written}."
    assert change(repository.path, "refs/heads/main", "work").base == tip


def test_a_tag_and_a_branch_of_the_same_commit_have_one_meaning(repository: Repository) -> None:
    tip = repository.commit({"x": b"1\n"})
    repository.git("tag", "--annotate", "--message=m", "main")
    repository.git("checkout", "-q", "-b", "work")
    assert change(repository.path, "main", "work").base == tip
