"""Whose documents a person is answered from."""

import sqlite3
import threading
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from bot.adapters.search import index_file
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy
from bot.domain.design_documents.records import DocumentSource
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests.records import Account
from bot.domain.sources.documents import capstone_scope, person_scope
from bot.workflows.sources.searching import LEAST_OF_A_KIND
from bot.workflows.sources.upkeep import SourceUpkeep
from tests.repositories import Files
from tests.workflows.shop import LIBRARY
from tests.workflows.sources.cited import WEB, Cited

FILES: Files = {
    "README.md": b"# Desk\n\nThe quokka reads tickets.\n",
    "docs/secret.md": b"The lemur is ignored.\n",
    "docs/how.md": b"## Who writes?\n\nThe marmot writes.\n",
    "prompts/system.md": b"You are a wombat.\n",
    ".senseiignore": b"docs/secret.md\n",
}


def test_a_person_finds_their_own_documents_and_nobody_elses(it: Cited) -> None:
    ada, bo = it.member("ada", 11), it.member("bo", 12)
    desk = it.capstone(ada, 11, FILES)
    it.capstone(bo, 12, {"README.md": b"The numbat is mine.\n"})
    it.decides(desk, ada.person, "We keep the ocelot in Postgres.")
    assert it.keys(ada, "quokka marmot ocelot") == ["README.md", f"decision:{desk.id}:1", "docs/how.md"]
    assert it.keys(bo, "quokka marmot ocelot") == []
    assert (it.keys(bo, "numbat"), it.keys(ada, "numbat")) == (["README.md"], [])
    assert it.keys(ada, "lemur wombat") == [], "ignored, and a prompt"
    assert it.keys(ada, "quokka marmot ocelot", public=True) == []
    assert it.search.find_in_cohort(it.cohort.id, "quokka marmot ocelot numbat") == []


def test_a_large_handbook_hides_neither_the_rubric_nor_the_persons_own_documents(it: Cited) -> None:
    ada = it.member("ada", 11)
    it.capstone(
        ada, 11, {"README.md": b"# Desk\n\nThe desk has a gate of its own, among many other things here.\n"}
    )
    it.upkeep.keep(starting=True)
    it.set(str(it.folder))
    for number in range(30):
        (it.folder / f"{number}.md").write_text(f"# Gate {number}\n\nThe gate is gate {number}: a gate.\n")
    it.reading.read(it.cohort.id)
    found = it.finds(ada, "What is a gate?")
    kinds = Counter(one.scope.partition(":")[0] for one in found)
    assert kinds["cohort"] > kinds["rubric"] >= LEAST_OF_A_KIND > kinds["person"] == 1
    assert len({(one.scope, one.document, one.passage) for one in found}) == len(found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_file_links_to_the_commit_that_was_read(it: Cited) -> None:
    ada = it.member("ada", 11)
    head = it.repository(it.capstone(ada, 11, FILES)).refs["main"]
    [found] = it.finds(ada, "marmot")
    assert found.passage.link == f"{WEB}/ada/desk/blob/{head}/docs/how.md#who-writes"


def test_another_cohort_of_the_same_person_has_documents_of_its_own(it: Cited) -> None:
    with it.store.begin() as tx:
        autumn = tx.cohorts.add("autumn", it.now())
    here, there = it.member("ada", 11), it.member("ada", 11, autumn)
    it.capstone(here, 11, FILES)
    it.set(str(it.folder), cohort=autumn)
    (it.folder / "page.md").write_text("The dugong is theirs.")
    it.reading.read(autumn.id)
    assert (it.keys(here, "quokka"), it.keys(there, "quokka")) == (["README.md"], [])
    assert (it.keys(here, "dugong"), it.keys(there, "dugong")) == ([], ["page.md"])


def test_decisions_are_as_they_are_now_and_drafts_and_others_words_are_left_out(it: Cited) -> None:
    ada, bo = it.member("ada", 11), it.member("bo", 12)
    desk = it.capstone(ada, 11, FILES)
    made = it.decides(desk, ada.person, "We keep the ocelot.")
    it.decides(desk, bo.person, "We keep the serval.")
    it.decides(desk, None, "We keep the caracal.", private=False)
    assert it.keys(ada, "ocelot serval caracal") == [f"decision:{desk.id}:1"]
    for state in (DecisionState.DRAFT, DecisionState.WITHDRAWN, DecisionState.SUPERSEDED):
        with it.store.begin() as tx:
            tx.decisions.set_state(made.id, state, it.now())
        assert it.keys(ada, "ocelot") == []
    with it.store.begin() as tx:
        tx.decisions.set_state(made.id, DecisionState.CONFIRMED, it.now())
    assert it.keys(ada, "ocelot") == [f"decision:{desk.id}:1"]
    with it.store.begin() as tx:
        edited = {Slot.DECIDED: "We keep the margay."}
        tx.decisions.revise(made.id, "A choice", edited, RevisedBy.PARTICIPANT, it.now())
    assert (it.keys(ada, "ocelot"), it.keys(ada, "margay")) == ([], [f"decision:{desk.id}:1"])


def test_a_decision_with_a_file_is_found_once(it: Cited) -> None:
    ada = it.member("ada", 11)
    path, from_file = "docs/adr/0001-ocelot.md", "docs/adr/0002-serval.md"
    desk = it.capstone(ada, 11, {path: b"# Keep\n\nThe ocelot.\n", from_file: b"# Keep\n\nThe serval.\n"})
    public = it.decides(desk, ada.person, "The ocelot.", private=False)
    read = it.decides(desk, ada.person, "The serval.", private=False, origin=DecisionOrigin.FILE)
    with it.store.begin() as tx:
        tx.decisions.set_file(public.id, path, "1", it.now())
        tx.decisions.set_file(read.id, from_file, "2", it.now())
    assert it.keys(ada, "ocelot") == [f"decision:{desk.id}:1"]
    [found] = it.finds(ada, "ocelot")
    assert found.passage.link == f"{WEB}/ada/desk/blob/main/{path}"
    assert it.keys(ada, "serval") == [from_file]


def test_a_design_document_that_was_given_is_found_wherever_it_is(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, {"plans/one.md": b"The bongo drums.\n"})
    assert it.keys(ada, "bongo kudu") == []
    with it.store.begin() as tx:
        tx.design_documents.add(
            desk.id, ada.person, source=DocumentSource.FILE, path="plans/one.md", at=it.now()
        )
    assert it.keys(ada, "bongo kudu") == ["plans/one.md"]
    with it.store.begin() as tx:
        tx.design_documents.add(
            desk.id, ada.person, source=DocumentSource.PASTED, text="The kudu.", at=it.now()
        )
    assert it.keys(ada, "bongo kudu") == [f"design:{desk.id}"]


def test_the_files_change_with_the_next_reading_and_nothing_is_fetched_for_a_question(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    assert it.keys(ada, "quokka") == ["README.md"]
    it.github.push(it.repository(desk), "main", {"README.md": b"The tapir reads tickets.\n"})
    asked = len(it.github.asked("*", "*"))
    assert it.keys(ada, "quokka tapir tickets") == ["README.md"]
    assert "quokka" in it.finds(ada, "quokka tickets")[0].passage.text
    assert len(it.github.asked("*", "*")) == asked
    it.read_tree(desk, it.repository(desk))
    [found] = it.finds(ada, "tickets")
    assert "tapir" in found.passage.text


def test_without_a_clone_the_last_files_stay_and_decisions_are_new(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    assert it.keys(ada, "quokka") == ["README.md"]
    it.cache.remove(desk.repository)
    it.decides(desk, ada.person, "We keep the ocelot.")
    it.restart()
    assert it.keys(ada, "quokka ocelot") == ["README.md", f"decision:{desk.id}:1"]


def test_a_capstone_without_documents_is_read_once(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, {"desk.py": b"quokka = 1\n"})
    assert it.keys(ada, "quokka") == []
    used = it.cache.folder / f"{desk.repository}.git" / "sensei-used"
    used.unlink()
    assert it.keys(ada, "quokka") == []
    assert not used.exists(), "the clone was opened again"


def test_a_lost_index_is_filled_again(it: Cited) -> None:
    ada = it.member("ada", 11)
    it.decides(it.capstone(ada, 11, FILES), ada.person, "We keep the ocelot.")
    assert len(it.keys(ada, "quokka ocelot")) == 2
    for scope in it.index.list_scopes():
        it.index.remove(scope)
    assert len(it.keys(ada, "quokka ocelot")) == 2


def test_after_a_change_of_participants_neither_finds_what_is_the_others(it: Cited) -> None:
    ada, bo = it.member("ada", 11), it.member("bo", 12)
    desk = it.capstone(ada, 11, FILES)
    it.decides(desk, ada.person, "We keep the ocelot.")
    assert len(it.keys(ada, "quokka ocelot")) == 2
    with it.store.begin() as tx:
        tx.capstones.add(
            cohort="spring",
            repository=desk.repository,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=Account(12, "bo"),
            sensei=None,
            publish=None,
            at=it.now(),
        )
    assert it.keys(ada, "quokka ocelot") == []
    assert it.keys(bo, "quokka ocelot") == ["README.md"]
    it.upkeep.keep(False)
    assert capstone_scope(it.cohort.id, ada.person, desk.id) not in it.index.list_scopes()


def test_those_who_left_read_what_everybody_reads_and_their_documents_go(it: Cited) -> None:
    it.set(str(it.folder))
    (it.folder / "page.md").write_text("The yak says what a capstone is.")
    it.read()
    it.upkeep.keep(True)
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    it.decides(desk, ada.person, "We keep the ocelot.")
    check = LIBRARY.rubric.criteria[0].checks[0]
    assert it.keys(ada, "yak") == ["page.md"]
    assert f"check:{check.id}" in it.keys(ada, check.ask)
    assert it.keys(ada, "ocelot")
    with it.store.begin() as tx:
        tx.members.set_state(ada.enrolment, EnrolmentState.LEFT)
    assert it.keys(ada, "yak ocelot quokka") == []
    assert f"check:{check.id}" in it.keys(ada, check.ask)
    before = set(it.index.list_scopes())
    it.upkeep.keep(False)
    assert before - set(it.index.list_scopes()) == {
        person_scope(it.cohort.id, ada.person),
        capstone_scope(it.cohort.id, ada.person, desk.id),
    }


def test_an_ended_capstone_and_a_removed_handbook_go(it: Cited) -> None:
    it.set(str(it.folder))
    (it.folder / "page.md").write_text("The yak.")
    it.read()
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    it.decides(desk, ada.person, "We keep the ocelot.")
    assert it.keys(ada, "quokka ocelot yak")
    with it.store.begin() as tx:
        tx.capstones.end(desk.id)
        tx.handbooks.remove(it.cohort.id)
    assert it.keys(ada, "quokka ocelot") == []
    it.upkeep.keep(False)
    assert [scope for scope in it.index.list_scopes() if not scope.startswith("rubric:")] == []


def test_what_an_ended_capstone_left_goes_although_nobody_asks_again(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    it.decides(desk, ada.person, "We keep the ocelot.")
    assert it.keys(ada, "ocelot")
    it.upkeep.keep(False)
    assert person_scope(it.cohort.id, ada.person) in it.index.list_scopes()
    with it.store.begin() as tx:
        tx.capstones.end(desk.id)
    it.upkeep.keep(False)
    assert person_scope(it.cohort.id, ada.person) not in it.index.list_scopes()


def test_a_withdrawn_decision_goes_although_nobody_asks_again(it: Cited) -> None:
    ada = it.member("ada", 11)
    desk = it.capstone(ada, 11, FILES)
    made = it.decides(desk, ada.person, "We keep the ocelot.")
    it.decides(desk, ada.person, "We drop the lynx.")
    assert len(it.keys(ada, "ocelot lynx")) == 2
    with it.store.begin() as tx:
        tx.decisions.set_state(made.id, DecisionState.WITHDRAWN, it.now())
    it.upkeep.keep(False)
    own = person_scope(it.cohort.id, ada.person)
    assert own not in it.index.list_scopes()
    assert it.keys(ada, "ocelot lynx") == [f"decision:{desk.id}:2"]
    it.upkeep.keep(False)
    assert own in it.index.list_scopes()


def test_a_sensei_is_not_answered_from_their_participants_documents(it: Cited) -> None:
    ada, sen = it.member("ada", 11), it.member("sen", 13, role=CohortRole.SENSEI)
    it.capstone(ada, 11, FILES)
    assert it.keys(ada, "quokka") == ["README.md"]
    assert it.keys(sen, "quokka") == []


def test_a_changed_rubric_replaces_the_earlier_one(it: Cited) -> None:
    ada = it.member("ada", 11)
    it.upkeep.keep(True)
    first, *others = LIBRARY.rubric.criteria
    changed = first.model_copy(update={"intent": "The yak is fast."})
    rubric = LIBRARY.rubric.model_copy(update={"criteria": (changed, *others)})
    SourceUpkeep(it.store, it.index, LIBRARY._replace(rubric=rubric), it.now).keep(True)
    assert f"criterion:{first.id}" in it.keys(ada, "yak")
    other = rubric.model_copy(update={"id": "other"})
    SourceUpkeep(it.store, it.index, LIBRARY._replace(rubric=other), it.now).keep(True)
    assert it.keys(ada, "yak") == []
    assert [scope for scope in it.index.list_scopes() if scope.startswith("rubric:")] == ["rubric:other"]


def test_secrets_in_own_words_are_not_stored(it: Cited) -> None:
    ada = it.member("ada", 11)
    key = "AK" + "IA" + "QW3ERTYUIO5PASDF"
    it.decides(it.capstone(ada, 11, FILES), ada.person, f"The ocelot signs with {key} at night.")
    [found] = it.finds(ada, "ocelot")
    assert key not in found.passage.text


def test_many_questions_at_once_bring_the_documents_up_to_date_once(it: Cited) -> None:
    ada, bo = it.member("ada", 11), it.member("bo", 12)
    it.capstone(ada, 11, FILES)
    it.capstone(bo, 12, {"README.md": b"The numbat is mine.\n"})
    found: list[Any] = []

    def ask(member: Any, word: str) -> None:
        found.append((word, it.keys(member, "quokka numbat")))

    threads = [
        threading.Thread(target=ask, args=asked)
        for asked in ((ada, "quokka"), (bo, "numbat"))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [("numbat", ["README.md"])] * 4 + [("quokka", ["README.md"])] * 4
    assert all(
        word in it.finds(member, word)[0].passage.text for member, word in ((ada, "quokka"), (bo, "numbat"))
    )


def test_if_nobody_can_write_the_index_what_it_has_for_everybody_is_found(
    it: Cited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_file, "BUSY_SECONDS", 0.1)
    ada = it.member("ada", 11)
    it.capstone(ada, 11, FILES)
    it.set(str(it.folder))
    (it.folder / "page.md").write_text("The quokka is everybody's.")
    it.reading.read(it.cohort.id)
    with closing(sqlite3.connect(it.folder / "search.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert it.keys(ada, "quokka") == ["page.md"]
        other.execute("ROLLBACK")
    assert sorted(it.keys(ada, "quokka")) == ["README.md", "page.md"]
