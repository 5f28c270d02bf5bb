"""Reading a cohort's handbook, from a repository and from a folder, and when that fails."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.sources.documents import cohort_scope
from bot.ports.sources import IndexChanges
from bot.workflows.sources import handbooks
from tests.fakes.github.faults import Fails
from tests.fakes.steps import Straight
from tests.workflows.sources.cited import WEB, Cited

PAGES = "guild/handbook"


def finds(it: Cited, question: str) -> list[str]:
    return [found.document for found in it.search.find_in_cohort(it.cohort.id, question)]


def folder(it: Cited, **pages: str) -> Path:
    """A folder with pages, such as ``on_call`` for ``on_call.md``."""
    made = it.folder / "handbook"
    made.mkdir(exist_ok=True)
    for name, text in pages.items():
        (made / f"{name}.md").write_text(text)
    return made


def test_a_repository_is_found_by_its_words_and_links_to_its_page_at_the_host(it: Cited) -> None:
    it.set(PAGES)
    handbook = it.read()
    assert (handbook.pages, handbook.problem, handbook.read_at) == (2, "", it.now())
    [found] = it.search.find_in_cohort(it.cohort.id, "Who is the okapi?")
    assert (found.scope, found.document, found.title) == (
        cohort_scope(it.cohort.id),
        "teams/on-call.md",
        "On call",
    )
    assert found.passage.link == f"{WEB}/guild/handbook/blob/main/teams/on-call.md#who-answers-at-night"


def test_a_push_changes_what_is_found_and_what_is_ignored_is_gone(it: Cited) -> None:
    it.set(PAGES)
    it.read()
    files = {"README.md": None, ".senseiignore": b"teams/\n", "new.md": b"The tapir is new.\n"}
    it.github.push(it.handbook_there, "main", files)
    assert it.read().pages == 1
    assert (finds(it, "okapi yak"), finds(it, "tapir")) == ([], ["new.md"])


def test_what_has_not_changed_is_not_indexed_again_unless_it_is_lost(it: Cited) -> None:
    it.set(str(folder(it, one="The okapi.\n", two="The tapir.\n")))
    made = [it.reading.read(it.cohort.id) for _ in range(2)]
    folder(it, two="The yak.\n")
    made.append(it.reading.read(it.cohort.id))
    it.index.remove(cohort_scope(it.cohort.id))
    made.append(it.reading.read(it.cohort.id))
    assert [result and result.changes for result in made] == [
        IndexChanges(2, 0, 0),
        IndexChanges(0, 2, 0),
        IndexChanges(1, 1, 0),
        IndexChanges(2, 0, 0),
    ]
    assert sorted(finds(it, "okapi yak")) == ["one.md", "two.md"]


def test_a_folder_has_links_only_if_the_lead_gave_an_address(it: Cited) -> None:
    it.set(str(folder(it, on_call="# On call\n\nThe okapi answers.\n")))
    it.read()
    [found] = it.search.find_in_cohort(it.cohort.id, "okapi")
    assert found.passage.link == ""
    it.set(str(folder(it)), "https://wiki.example/handbook")
    it.read()
    [found] = it.search.find_in_cohort(it.cohort.id, "okapi")
    assert found.passage.link == "https://wiki.example/handbook/on_call.md#on-call"


@pytest.mark.parametrize("vanishes", ["gone", "empty"])
def test_a_folder_that_vanishes_keeps_what_is_known_and_says_why(it: Cited, vanishes: str) -> None:
    place = folder(it, on_call="The okapi answers.\n")
    it.set(str(place))
    it.read()
    shutil.rmtree(place)
    if vanishes == "empty":
        place.mkdir()
    it.later(hours=1)
    handbook = it.read()
    assert (handbook.pages, handbook.read_at) == (1, it.now())
    assert ("can't open" if vanishes == "gone" else "no Markdown page") in handbook.problem
    assert finds(it, "okapi") == ["on_call.md"]
    folder(it, on_call="The tapir answers.\n")
    assert it.read().problem == ""
    assert (finds(it, "okapi"), finds(it, "tapir")) == ([], ["on_call.md"])


def test_a_host_that_fails_or_refuses_keeps_what_is_known_and_says_why(it: Cited) -> None:
    it.set(PAGES)
    it.read()
    it.github.fault(Fails(502), "GET", "*handbook*", times=20)
    down = it.read()
    assert (down.pages, "Sensei tries again every hour." in down.problem) == (2, True)
    it.github.installations.clear()
    it.restart()
    refused = it.read()
    assert refused.pages == 2
    assert refused.problem
    assert finds(it, "okapi") == ["teams/on-call.md"]


def test_an_index_that_cannot_be_used_is_a_problem_of_the_reading(it: Cited) -> None:
    it.set(str(folder(it, on_call="The okapi answers.\n")))
    it.read()
    for path in it.folder.glob("search.db*"):
        path.unlink()
    (it.folder / "search.db").mkdir()
    assert it.reading.run(Straight(it.store), {"cohort": it.cohort.id}) == {"outcome": "problem"}
    assert (it.handbook().pages, "can't be used" in it.handbook().problem) == (1, True)
    it.set(str(it.folder / "nowhere"))
    assert it.reading.run(Straight(it.store), {"cohort": it.cohort.id}) == {"outcome": "problem"}
    assert "can't open" in it.handbook().problem


def test_what_another_process_has_read_since_is_not_taken_for_ones_own(it: Cited) -> None:
    it.set(str(folder(it, on_call="The okapi answers.\n")))
    it.read()
    ours = it.reading
    folder(it, on_call="The tapir answers.\n")
    it.restart()
    it.later(minutes=1)
    it.read()
    assert finds(it, "tapir") == ["on_call.md"]
    folder(it, on_call="The okapi answers.\n")
    it.reading = ours
    it.later(minutes=1)
    it.read()
    assert (finds(it, "okapi"), finds(it, "tapir")) == (["on_call.md"], [])


def test_too_much_is_refused_and_single_pages_are_left_out_by_name(
    it: Cited, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = folder(it, one="The okapi.\n", two="The tapir.\n", long="x" * 300_000, empty="")
    (place / "latin.md").write_bytes(b"caf\xe9")
    (place / "two\nlines.md").write_text("The yak.\n")
    it.set(str(place))
    handbook = it.read()
    assert handbook.pages == 3
    assert handbook.problem == (
        "Sensei left out these pages, because they're larger than 250 kB or aren't UTF-8 text: "
        "latin.md, long.md."
    )
    assert finds(it, "yak") == ["two\\nlines.md"]
    monkeypatch.setattr(handbooks, "MOST_PAGES", 2)
    assert "The handbook has 6 pages, and Sensei reads 2 at most." in it.read().problem
    monkeypatch.undo()
    monkeypatch.setattr(handbooks, "MOST_BYTES_OF_ALL", 10)
    assert "The handbook's pages add up to more than" in it.read().problem
    (place / ".senseiignore").write_bytes(b"# \n" * 30_000)
    assert ".senseiignore" in it.read().problem
    assert finds(it, "okapi") == ["one.md"]


def test_a_handbook_that_is_changed_or_removed_meanwhile_leaves_nothing_behind(it: Cited) -> None:
    it.set(str(folder(it, on_call="The okapi answers.\n")))

    def remove() -> None:
        with it.store.begin() as tx:
            tx.handbooks.remove(it.cohort.id)

    class Meanwhile(type(it.index)):  # type: ignore[misc]
        def replace(self, *given: object) -> object:
            changes = super().replace(*given)
            remove()
            return changes

    it.reading = replace(it.reading, index=Meanwhile(it.folder / "search.db"))
    assert it.reading.read(it.cohort.id) is None
    assert it.index.list_scopes() == []
    assert it.reading.read(it.cohort.id) is None


def test_each_handbook_is_read_at_the_start_each_hour_and_if_the_index_is_lost(it: Cited) -> None:
    it.set(PAGES)
    it.upkeep.keep(True)
    [started] = it.jobs()
    assert started == f"handbook:{it.cohort.id}:20261126T093000"
    with it.store.begin() as tx:
        tx.jobs.mark_begun(started, it.now())
    it.read()
    it.later(minutes=10)
    it.upkeep.keep(False)
    [hourly] = it.jobs()
    with it.store.begin() as tx:
        tx.jobs.mark_begun(hourly, it.now())
    it.later(minutes=10)
    it.upkeep.keep(False)
    assert it.jobs() == []
    it.later(minutes=10)
    it.upkeep.keep(False)
    assert len(it.jobs()) == 1, "the next hour"
    it.index.remove(cohort_scope(it.cohort.id))
    it.later(minutes=1)
    it.upkeep.keep(False)
    assert it.jobs() == [f"handbook:{it.cohort.id}:20261126T100100"]


def test_the_workflow_ends_well_whatever_came_of_it(it: Cited) -> None:
    argument = {"cohort": it.cohort.id}
    assert it.reading.run(Straight(it.store), argument) == {"outcome": "gone"}
    it.set(PAGES)
    assert it.reading.run(Straight(it.store), argument) == {"outcome": "done"}
    it.set("guild/nowhere")
    assert it.reading.run(Straight(it.store), argument) == {"outcome": "problem"}
    assert it.handbook().problem
