"""Ledgers built from stored rows: whose packs apply, and what a reading had looked for."""

import pytest
import sqlalchemy as sa

from bot.domain.ledger.evidence import CheckState
from tests.workflows.triage.judging import LOADER, Judging, moves


@pytest.fixture
def it(engine: sa.Engine) -> Judging:
    return Judging(engine)


def states(it: Judging) -> dict[str, CheckState]:
    with it.store.read() as tx:
        return LOADER.load(tx, [it.capstone.id])[it.capstone.id].ledger.states()


def test_a_capstone_that_was_never_read_has_no_check_assessed(it: Judging) -> None:
    fresh = it.enrol()
    with it.store.begin() as tx:
        tx.ledgers.record(fresh.id, "baseline", [], pending=False)
        connection = tx.rulings.session.connection()
        connection.execute(sa.text("DELETE FROM baseline_coverage WHERE capstone_id = :id"), {"id": fresh.id})
    assert set(states(it).values()) == {CheckState.NOT_ASSESSED}


def test_what_a_reading_could_not_assess_is_not_assessed_and_the_rest_is_open(it: Judging) -> None:
    it.reads(moves("speed.1", "bounded(3)"), missed=("speed.2",))
    assert states(it) == {
        "speed.1": CheckState.MET,
        "speed.2": CheckState.NOT_ASSESSED,
        "safety.1": CheckState.OPEN,
    }


def test_a_packs_checks_count_once_a_reading_found_it_or_evidence_for_it_was_merged(it: Judging) -> None:
    def cites(*, pending: bool) -> None:
        with it.store.begin() as tx:
            source = f"review:{it.number}#1:1"
            tx.ledgers.record(it.capstone.id, source, [moves("shop.batch", "batch()")], pending=pending)

    cites(pending=True)
    assert "shop.batch" not in states(it)
    cites(pending=False)
    assert states(it)["shop.batch"] is CheckState.MET
    with it.store.begin() as tx:
        tx.ledgers.record(it.capstone.id, f"review:{it.number}#1:1", [], pending=False)
    it.reads(stacks=("shop",))
    assert states(it)["shop.batch"] is CheckState.OPEN


def test_a_pack_that_only_a_statement_cites_was_not_looked_for(it: Judging) -> None:
    with it.store.begin() as tx:
        tx.statements.enter(
            it.capstone.id,
            source="thread",
            reference=it.number,
            check="shop.batch",
            partial=True,
            missing="a number",
            quote="We batch by night.",
            pull_request=None,
            pending=False,
            at=it.now(),
        )
    assert states(it)["shop.batch"] is CheckState.PARTLY_MET
    with it.store.begin() as tx:
        loaded = LOADER.load(tx, [it.capstone.id])[it.capstone.id]
    assert "shop.batch" not in loaded.ledger.covered
    assert loaded.evidence["speed"].draft.level == 1


def test_evidence_for_a_check_that_the_rubric_has_dropped_is_left_out(it: Judging) -> None:
    it.reads(moves("gone.1", "bounded(3)"))
    assert "gone.1" not in states(it)
