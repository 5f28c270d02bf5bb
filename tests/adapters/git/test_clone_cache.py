"""Clones of a host's repositories, by real git over HTTP: what is fetched, kept, mended and removed."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import IncompleteReadingError, UserError
from tests.adapters.desks import BEFORE, MANY, Desk, at, contents, git
from tests.fakes.github import GitHub
from tests.fakes.github.client import Client
from tests.fakes.github.model import Repository
from tests.waiting import wait_for


@pytest.fixture(name="it")
def a_desk(tmp_path: Path) -> Iterator[Desk]:
    with GitHub() as github:
        yield Desk(github, tmp_path)


def test_a_change_is_read_from_a_first_clone(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n", "new.py": b"NEW = 1\n", "README.md": None})
    assert it.read(head) == {"desk.py": b"LIMIT = 4\n", "new.py": b"NEW = 1\n"}


def test_only_the_blobs_that_a_reading_needs_are_fetched(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.read(head)
    blobs = git(it, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").count("blob")
    # desk.py on both sides, the code and the page beside it, and what is to be hidden; not the note
    assert blobs == 2 + len(MANY) + 2


def test_a_second_reading_of_the_same_head_asks_the_host_for_nothing(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    first = it.read(head)
    before = len(it.github.requests)
    assert it.read(head) == first
    assert len(it.github.requests) == before


def test_a_second_reading_fetches_only_what_is_new(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    before = it.objects()
    assert it.read(it.push({"desk.py": b"LIMIT = 5\n"})) == {"desk.py": b"LIMIT = 5\n"}
    # A commit, its tree and its blob; and the tree that git had sent only the difference to.
    assert it.objects() <= before + 4


def test_another_pull_request_shares_the_history(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    before = it.objects()
    it.read(it.push({"part1/file1.py": b"x = 2\n"}, "another"))
    # A commit, two trees, the blob on both sides; and a tree that git had sent only the difference to.
    assert it.objects() <= before + 6


def test_a_file_that_main_brought_in_is_there_on_both_sides(it: Desk) -> None:
    """Its commit may be known already, as the tip of another base; its blob is not for that."""
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    it.github.push(it.repository, "main", {"part2/file2.py": b"x = 22\n"})
    it.read(it.push({"part3/file3.py": b"x = 33\n"}, "third", start="main"))
    head = it.push({"part2/file2.py": b"x = 222\n"}, "fourth", start="main")
    assert it.read(head) == {"part2/file2.py": b"x = 222\n"}


def test_a_force_push_is_read_against_the_base_it_now_has(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n", "old.py": b"OLD = 1\n"}))
    it.github.push(it.repository, "main", {"desk.py": b"LIMIT = 30\n"})
    head = it.push({"other.py": b"OTHER = 1\n"}, start="main")
    assert it.read(head) == {"other.py": b"OTHER = 1\n"}


def test_a_whole_tree_has_every_file(it: Desk) -> None:
    assert it.read(it.repository.refs["main"], base=None) == BEFORE


def test_histories_that_share_nothing_are_read_from_the_empty_tree(it: Desk) -> None:
    orphan = it.repository.store.git("commit-tree", "main^{tree}", "-m", "Alone").strip()
    assert len(it.read(orphan)) == len(BEFORE)


def test_a_submodule_is_no_blob(it: Desk) -> None:
    store = it.repository.store
    blob = store.git("rev-parse", "main:desk.py").strip()
    tree = f"160000 commit {'d' * 40}\tlibrary\n100644 blob {blob}\tdesk.py\n"
    made = subprocess.run(
        ["git", "mktree", "--missing"], cwd=store.path, input=tree.encode(), capture_output=True, check=True
    )
    head = store.git("commit-tree", made.stdout.decode().strip(), "-p", "main", "-m", "A library").strip()
    with at(it.cache, it.wanted(head)) as checkout:
        paths = {file.path for file in checkout.change(it.repository.refs["main"], head).files}
    assert "library" in paths


def test_a_commit_that_is_gone_is_incomplete_and_the_clone_is_kept(it: Desk) -> None:
    it.read(it.push({"desk.py": b"LIMIT = 4\n"}))
    kept = it.objects()
    with (
        pytest.raises(IncompleteReadingError, match="no longer has this commit"),
        at(it.cache, it.wanted("c" * 40)),
    ):
        pass
    assert it.objects() == kept


def damaged(it: Desk, how: str) -> None:
    place = it.place()
    match how:
        case "no objects":
            shutil.rmtree(place / "objects")
        case "no refs":
            shutil.rmtree(place / "refs")
        case "HEAD is rubbish":
            (place / "HEAD").write_bytes(b"\0" * 40)
        case "its settings are rubbish":
            (place / "config").write_bytes(b"[core\n")
        case "packs are cut":
            for pack in (place / "objects" / "pack").glob("*.pack"):
                pack.chmod(0o600)
                pack.write_bytes(pack.read_bytes()[:40])
        case "indices are empty":
            for index in (place / "objects" / "pack").glob("*.idx"):
                index.chmod(0o600)
                index.write_bytes(b"")
        case "a folder that was only begun":
            shutil.rmtree(place)
            place.mkdir()


@pytest.mark.contract
@pytest.mark.parametrize(
    "how",
    [
        "no objects",
        "no refs",
        "HEAD is rubbish",
        "its settings are rubbish",
        "packs are cut",
        "indices are empty",
        "a folder that was only begun",
    ],
)
def test_a_damaged_clone_is_made_anew(it: Desk, how: str) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    first = it.read(head)
    damaged(it, how)
    assert it.read(head) == first
    before = it.transfers()
    assert it.read(head) == first  # and is whole from then on
    assert it.transfers() == before


@pytest.mark.contract
def test_a_clone_of_very_many_packs_is_made_anew(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.read(head)
    packs = it.place() / "objects" / "pack"
    for n in range(700):  # as kills in mid-fetch leave them
        (packs / f"tmp_pack_{n}").write_bytes(b"")
    it.read(head)
    assert len(list(packs.iterdir())) < 20


def test_two_readers_take_turns(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    order: list[str] = []

    def second() -> None:
        with at(it.cache, it.wanted(head)) as checkout:
            order.append("second")
            assert contents(checkout, it.wanted(head)) == {"desk.py": b"LIMIT = 4\n"}
            order.append("second done")

    other = threading.Thread(target=second)
    with at(it.cache, it.wanted(head)) as checkout:
        other.start()
        wait_for(lambda: _waits_for_a_lock(other))
        assert contents(checkout, it.wanted(head)) == {"desk.py": b"LIMIT = 4\n"}
        order.append("first done")
    other.join(60)
    assert order == ["first done", "second", "second done"]


def test_a_clone_is_removed_with_its_lock_and_made_anew_when_it_is_read(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    first = it.read(head)
    number = it.repository.id
    assert it.cache.holds(number)
    assert it.cache.remove(number) is True
    assert list(it.folder.iterdir()) == []
    assert it.cache.remove(number) is False
    assert it.read(head) == first


def test_a_clone_that_is_read_is_not_removed(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    with at(it.cache, it.wanted(head)), pytest.raises(UserError, match="is being read"):
        it.cache.remove(it.repository.id)
    assert it.place().exists()


def test_who_waited_while_a_clone_was_removed_locks_the_file_that_others_lock(it: Desk) -> None:
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    it.read(head)
    number = it.repository.id
    entered, leave = threading.Event(), threading.Event()

    def read() -> None:
        with it.cache._hold_lock(number, wait=True):
            entered.set()
            leave.wait(30)

    with it.cache._hold_lock(number, wait=True):
        waits = threading.Thread(target=read)
        waits.start()
        wait_for(lambda: _waits_for_a_lock(waits))
        it.cache._lock_path(number).unlink()
    assert entered.wait(30)
    with it.cache._hold_lock(number, wait=False) as free:
        assert not free
    leave.set()
    waits.join()


def _waits_for_a_lock(thread: threading.Thread) -> bool:
    wanted = f"FLOCK  ADVISORY  WRITE {os.getpid()}"
    locks = Path("/proc/locks").read_text("ascii").splitlines()
    return thread.is_alive() and any("->" in line and wanted in line for line in locks)


def test_readers_of_two_repositories_do_not_wait_for_each_other(it: Desk) -> None:
    other = it.github.repository("ada/other", {"a.py": b"A = 1\n"})
    it.github.select(it.installation, it.repository, other)
    it.token = Client(it.github, it.installation).token
    tip = other.refs["main"]
    with (
        at(it.cache, it.wanted(it.repository.refs["main"], None)),
        at(it.cache, it.wanted(tip, None, other)) as one,
    ):
        assert contents(one, it.wanted(tip, None, other)) == {"a.py": b"A = 1\n"}


@contextmanager
def several(it: Desk, number: int) -> Iterator[list[Repository]]:
    made = [it.github.repository(f"ada/r{n}", {"a.bin": os.urandom(50_000)}) for n in range(number)]
    it.github.select(it.installation, it.repository, *made)
    it.token = Client(it.github, it.installation).token
    yield made


def test_the_least_used_clones_go_first_and_the_one_in_use_stays(it: Desk) -> None:
    with several(it, 4) as made:
        for n, repository in enumerate(made):
            with at(it.cache, it.wanted(repository.refs["main"], None, repository)):
                pass
            used = it.folder / f"{repository.id}.git" / "sensei-used"
            os.utime(used, (n, n))
        os.utime(it.folder / f"{made[0].id}.git" / "sensei-used", (9, 9))  # the first was used again
        small = it.caching(most=it.cache.size() * 3 // 4)
        with at(it.cache, it.wanted(made[1].refs["main"], None, made[1])):
            os.utime(it.folder / f"{made[1].id}.git" / "sensei-used", (0, 0))  # the oldest, and in use
            with at(small, it.wanted(it.repository.refs["main"], None)):
                pass
        left = {path.stem for path in it.folder.glob("*.git")}
        assert left == {str(each.id) for each in (made[0], made[1], it.repository)}
        assert small.size() <= small.max_bytes


def test_one_that_is_larger_than_the_cap_alone_is_read_all_the_same(it: Desk) -> None:
    small = it.caching(most=1)
    head = it.push({"desk.py": b"LIMIT = 4\n"})
    assert it.read(head, cache=small) == {"desk.py": b"LIMIT = 4\n"}
    assert it.place().exists()
