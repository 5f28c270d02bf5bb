"""Decisions as files before a running bot: a record pushed by hand, and one that Sensei proposes."""

import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.database.transaction import SqlStore
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.workflows.decisions.export import add_export_job
from tests import databases
from tests.serving import Serving, serving

RECORD = b"# 1. A queue\n\n## Status\n\nAccepted\n\n## Context\n\nBursts.\n\n## Decision\n\nA queue.\n"


@pytest.fixture(name="it", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.contract)])
def a_dojo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    if request.param == "sqlite":
        with serving(tmp_path) as it:
            yield started(it)
            assert it.end(signal.SIGTERM) == 0
        return
    with databases.fresh() as url, serving(tmp_path, url) as it:
        assert it.run("db", "upgrade").returncode == 0
        yield started(it)
        assert it.end(signal.SIGTERM) == 0


def started(it: Serving) -> Serving:
    it.installation.permissions["contents"] = "write"
    it.enrol()
    it.start()
    it.settle()
    return it


def store(it: Serving) -> SqlStore:
    return SqlStore(it.database, "localhost", now)  # as the host is called


def now() -> datetime:
    return datetime.now(UTC)


def decisions(it: Serving) -> Sequence[Decision]:
    with store(it).read() as tx:
        [capstone] = tx.capstones.all()
        return tx.decisions.of(capstone.id, list(DecisionState))


def test_a_record_is_read_and_another_is_proposed_merged_and_recognised(it: Serving) -> None:
    it.github.push(it.repository, "main", {"doc/adr/0001-a-queue.md": RECORD})
    it.wait(lambda: [decision.title for decision in decisions(it)] == ["A queue"])
    it.settle()
    with store(it).begin() as tx:
        [capstone] = tx.capstones.all()
        made = tx.decisions.add(
            capstone.id,
            person=None,
            origin=DecisionOrigin.THREAD,
            question=None,
            check=None,
            private=False,
            title="A log instead",
            texts={Slot.DECIDED: "A log.", Slot.AGAINST: "A queue, which forgets."},
            anchors=[],
            supersedes=decisions(it)[0].id,
            by=RevisedBy.PARTICIPANT,
            at=now(),
        )
        tx.decisions.set_state(made.id, DecisionState.CONFIRMED, now())
        add_export_job(tx, tx.decisions.get(made.id), now())
    it.wait(lambda: decisions(it)[1].export == 1)
    pull = it.repository.pulls[1]
    files = {file.path: file.status for file in it.github.files(pull)}
    assert files == {"doc/adr/0001-a-queue.md": "modified", "doc/adr/0002-a-log-instead.md": "added"}
    it.github.merge_pull(pull)
    it.wait(lambda: decisions(it)[1].digest)
    it.settle()
    earlier, later = decisions(it)
    assert (earlier.state, later.state) == (DecisionState.SUPERSEDED, DecisionState.CONFIRMED)
    assert (later.id, later.revision) == (made.id, 1)
    assert it.submitted(pull) == []
    assert it.errors() == []
