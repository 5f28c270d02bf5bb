"""Decision records in files, read back after a push: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy
from tests.fakes.github import GitHub
from tests.workflows.decisions.filing import Filing
from tests.workflows.running_dojo import ADA

RECORD = """# 3. Retry three times

Date: 2026-02-01

## Status

Accepted

## Context

The supplier drops one call in a hundred.

## Decision

Three retries, see a.py:2-2 and b.py:99 and gone.py:1.

## Consequences

An answer may take nine seconds.
"""
PATH = "docs/adr/0003-retry-three-times.md"


@pytest.fixture(name="it")
def a_filing_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Filing]:
    with GitHub() as github:
        yield Filing(engine, github, tmp_path)


def write(it: Filing, text: str | None = RECORD, path: str = PATH, author: str | None = None) -> None:
    files = {path: text.encode() if text is not None else None}
    if author:
        it.repository_there.store.push("main", files, "Decide", None, author)
        it.github.sync(it.repository_there)
    else:
        it.push(files)


def test_a_hand_written_record_becomes_a_confirmed_decision(it: Filing) -> None:
    write(it)
    it.read_back()
    [decision] = it.decisions()
    assert decision.title == "Retry three times"
    assert decision.texts == {
        Slot.CONTEXT: "The supplier drops one call in a hundred.",
        Slot.DECIDED: "Three retries, see a.py:2-2 and b.py:99 and gone.py:1.",
        Slot.ACCEPTING: "An answer may take nine seconds.",
    }
    assert (decision.origin, decision.state, decision.path) == (
        DecisionOrigin.FILE,
        DecisionState.CONFIRMED,
        PATH,
    )
    assert not decision.private
    head = it.repository_there.refs["main"]
    [anchor] = decision.anchors  # of the three places, the one that exists
    assert (anchor.path, anchor.commit, anchor.line_start, anchor.quote) == ("a.py", head, 2, "bounded(3)")


def test_reading_it_again_changes_nothing(it: Filing) -> None:
    write(it)
    it.read_back()
    before = it.decisions()
    it.wait(60)
    it.read_back()
    assert it.decisions() == before


def test_a_record_is_its_participants_only_if_they_committed_it(it: Filing) -> None:
    write(it, author=f"Ada <{ADA.id}+ada@users.noreply.github.com>")
    write(it, RECORD.replace("Retry three times", "Two readers"), "docs/adr/0004-two.md")
    it.read_back()
    with it.store.read() as tx:
        ada = tx.members.by_host_account(ADA.id)
    assert [decision.person for decision in it.decisions()] == [ada, None]
    assert ada is not None


def test_no_statement_enters_the_ledger_from_a_file(it: Filing) -> None:
    write(it)
    it.read_back()
    with it.store.read() as tx:
        assert tx.statements.of(it.capstone.id) == []


def test_an_edited_file_is_a_revision_of_its_decision(it: Filing) -> None:
    write(it)
    it.read_back()
    write(it, RECORD.replace("nine seconds", "twelve seconds"))
    it.read_back()
    [decision] = it.decisions()
    assert decision.texts[Slot.ACCEPTING] == "An answer may take twelve seconds."
    with it.store.read() as tx:
        assert [revision.by for revision in tx.decisions.history(decision.id)] == [RevisedBy.FILE] * 2


def test_a_file_edited_after_the_export_revises_the_decision_and_its_evidence(it: Filing) -> None:
    check = next(iter(it.upkeep.records.rules.levels)) if it.upkeep.records else ""
    decision = it.decide(check=check)
    it.export(decision)
    it.github.merge_pull(it.pulls[0])
    path = it.decided(decision).path or ""
    write(it, it.file("main", path).replace("somebody must watch", "nobody must watch"), path)
    it.read_back()
    [after] = it.decisions()
    assert (after.id, after.revision) == (decision.id, 2)
    assert "nobody must watch" in after.texts[Slot.ACCEPTING]
    assert after.origin is DecisionOrigin.THREAD
    with it.store.read() as tx:
        [statement] = tx.statements.of(it.capstone.id)
    assert "nobody must watch" in statement.quote


def test_words_that_changed_after_the_proposal_are_not_undone_by_its_merge(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    newer = {**decision.texts, Slot.ACCEPTING: "Somebody must watch the queue at night."}
    with it.store.begin() as tx:
        tx.decisions.revise(decision.id, "A queue at night", newer, RevisedBy.PARTICIPANT, it.now())
    it.github.merge_pull(it.pulls[0])
    it.read_back()
    assert (it.decided(decision).revision, it.decided(decision).texts) == (2, newer)
    path = it.decided(decision).path or ""
    write(it, it.file("main", path).replace("bursts", "waves"), path)
    it.read_back()
    assert "waves" in it.decided(decision).texts[Slot.CONTEXT]


def test_a_file_that_says_what_a_thread_decided_is_matched_by_its_words(it: Filing) -> None:
    decision = it.decide(
        "Retry three times", {Slot.DECIDED: "Three retries, since the supplier drops calls."}
    )
    write(it, RECORD.replace("Three retries, see", "Three retries, since the supplier drops calls, see"))
    it.read_back()
    [after] = it.decisions()
    assert (after.id, after.path, after.revision) == (decision.id, PATH, 2)


def test_a_private_decision_is_never_matched_nor_changed(it: Filing) -> None:
    decision = it.decide("Retry three times", {Slot.DECIDED: "Three retries"}, private=True)
    write(it, f"{RECORD}\n<!-- sensei:decision={decision.number} -->\n")
    it.read_back()
    private, public = it.decisions()
    assert replace(private, code_gone_at=None) == decision
    assert not public.private


def test_a_renamed_file_keeps_its_decision(it: Filing) -> None:
    write(it)
    it.read_back()
    [before] = it.decisions()
    it.push({PATH: None, "docs/decisions/0001-retries.md": RECORD.encode()})
    it.read_back()
    [after] = it.decisions()
    assert (after.id, after.state, after.path) == (
        before.id,
        DecisionState.CONFIRMED,
        "docs/decisions/0001-retries.md",
    )


def test_a_deleted_file_withdraws_only_what_files_alone_say(it: Filing) -> None:
    write(it)
    decision = it.decide()
    it.export(decision)
    it.github.merge_pull(it.pulls[0])
    it.read_back()
    it.push({path: None for one in it.decisions() if (path := one.path)})
    it.read_back()
    states = {one.origin: (one.state, one.path, one.digest) for one in it.decisions()}
    assert states == {
        DecisionOrigin.FILE: (DecisionState.WITHDRAWN, None, ""),
        DecisionOrigin.THREAD: (DecisionState.CONFIRMED, None, ""),
    }


def test_a_file_that_is_not_merged_yet_is_not_missed(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    it.read_back()
    assert it.decided(decision).path is not None


@pytest.mark.contract
@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Superseded by [4](0004-x.md)", DecisionState.SUPERSEDED),
        ("Deprecated", DecisionState.WITHDRAWN),
        ("Rejected", DecisionState.WITHDRAWN),
        ("Accepted, again", DecisionState.CONFIRMED),
    ],
)
def test_a_decision_follows_its_files_status(it: Filing, status: str, state: DecisionState) -> None:
    write(it)
    it.read_back()
    write(it, RECORD.replace("Accepted", status))
    it.read_back()
    assert [decision.state for decision in it.decisions()] == [state]


def test_a_proposed_record_is_recorded_once_it_is_accepted(it: Filing) -> None:
    write(it, RECORD.replace("Accepted", "Proposed"))
    it.read_back()
    assert it.decisions() == []
    write(it)
    it.read_back()
    assert [decision.state for decision in it.decisions()] == [DecisionState.CONFIRMED]


def test_a_later_file_supersedes_an_earlier_one(it: Filing) -> None:
    write(it)
    it.read_back()
    later = RECORD.replace("Retry three times", "Queue it").replace("Three retries", "A queue")
    write(
        it,
        later.replace("Accepted", "Accepted\n\nSupercedes [3. Retry](0003-retry-three-times.md)"),
        PATH[:-20] + "4-q.md",
    )
    it.read_back()
    earlier, newest = it.decisions()
    assert (earlier.state, newest.state) == (DecisionState.SUPERSEDED, DecisionState.CONFIRMED)
    assert newest.supersedes == earlier.id


def supersede(it: Filing, folder: str = "docs/adr") -> None:
    later = RECORD.replace("Retry three times", "Queue it").replace("Three retries", "A queue")
    link = "Accepted\n\nSupersedes [3. Retry](0003-retry-three-times.md)"
    write(it, later.replace("Accepted", link), f"{folder}/0004-queue.md")
    it.read_back()


def test_a_replaced_record_does_not_count_again_when_its_file_is_tidied(it: Filing) -> None:
    write(it)
    it.read_back()
    supersede(it)
    write(it, RECORD.replace("one call in a hundred", "1 % of calls"))
    it.read_back()
    assert [one.state for one in it.decisions()] == [DecisionState.SUPERSEDED, DecisionState.CONFIRMED]


def test_of_two_records_with_the_same_name_the_one_beside_it_is_superseded(it: Filing) -> None:
    write(it)
    other = RECORD.replace("Retry three times", "Log in JSON").replace("Three retries", "JSON logs")
    write(it, other, "tools/adr/0003-retry-three-times.md")
    it.read_back()
    supersede(it)
    states = {one.path: one.state for one in it.decisions()}
    assert states[PATH] is DecisionState.SUPERSEDED
    assert states["tools/adr/0003-retry-three-times.md"] is DecisionState.CONFIRMED


def test_what_its_author_withdrew_does_not_come_back_with_the_file(it: Filing) -> None:
    decision = it.decide()
    it.export(decision)
    it.github.merge_pull(it.pulls[0])
    it.read_back()
    with it.store.begin() as tx:
        tx.decisions.set_state(decision.id, DecisionState.WITHDRAWN, it.now())
    path = it.decided(decision).path or ""
    write(it, it.file("main", path).replace("bursts", "waves"), path)
    it.read_back()
    assert [one.state for one in it.decisions()] == [DecisionState.WITHDRAWN]


def test_hidden_files_and_templates_are_not_read(it: Filing) -> None:
    it.push({".senseiignore": b"docs/adr/0003*\n"})
    write(it)
    write(it, path="docs/adr/0000-template.md")
    write(it, path="docs/adr/README.md")
    it.read_back()
    assert it.decisions() == []


def test_a_key_in_a_record_is_not_stored(it: Filing) -> None:
    key = "ghp_" + "R7pQ2mWx9LkZ4tVb8NcY3sHd6FgJ1aEuT5oK"[:36]
    write(it, RECORD.replace("nine seconds", f"nine seconds with {key}"))
    it.read_back()
    [decision] = it.decisions()
    assert "nine seconds with" in decision.texts[Slot.ACCEPTING]
    assert key not in decision.texts[Slot.ACCEPTING]


@pytest.mark.contract
def test_records_that_name_very_much_code_stop_no_reading(it: Filing) -> None:
    """What is read comes in one message of 16 MB, in which a control character takes six bytes."""
    places = " ".join(f"a.py:{line}" for line in range(1, 21))
    code = b"\n".join([b"\x01" * 1990] * 20)
    text = RECORD.replace("see a.py:2-2", f"see {places}")
    it.push({"a.py": code, **{f"docs/adr/{n:04}-x.md": text.encode() for n in range(100, 250)}})
    it.read_back()
    assert 0 < len(it.decisions()) < 60  # how many depends on how fast they are read, too


def test_hostile_files_do_no_harm_and_hide_no_others(it: Filing) -> None:
    bomb = "---\na: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(30)) + "---\n"
    it.push(
        {
            "docs/adr/0001-huge.md": b"# Huge\n\n## Decision\n\n" + b"x" * 3_000_000,
            "docs/adr/0002-bomb.md": bomb.encode() + b"# Bomb\n\n## Decision\n\nBoom.\n",
            "docs/adr/0004-binary.md": bytes(range(256)) * 40,
            "docs/adr/0005-stars.md": b"*" * 60_000,
            "docs/adr/0006-odd.md": "# \u202eOdd\x00\n\n## Decision\n\nA\u200bb.\n".encode(),
            "docs/adr/0007-many.md": b"## Decision\n" * 20_000,
            b"docs/adr/0008-\xff.md".decode("utf-8", "surrogateescape"): b"# Bytes\n\n## Decision\n\nYes.\n",
        }
    )
    write(it)
    it.read_back()
    titles = [decision.title for decision in it.decisions()]
    assert "Retry three times" in titles
    assert "Bomb" in titles
    assert "Bytes" not in titles
    assert len(titles) <= 5
