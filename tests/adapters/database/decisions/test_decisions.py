"""Decision records are listed whole and counted, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import Account

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
PLACES = [CodeAnchor(f"{name}.py", "a" * 40, "head", 1, 2, name) for name in ("desk", "mail")]


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def enrolled(tx: SqlTx, repository: int) -> int:
    return tx.capstones.add(
        cohort="dojo",
        repository=repository,
        owner="ada",
        name=f"desk{repository}",
        default_branch="main",
        installation=9,
        participant=Account(repository, f"ada{repository}"),
        sensei=None,
        publish=None,
        at=NOW,
    ).id


def drafted(tx: SqlTx, capstone: int, places: list[CodeAnchor]) -> Decision:
    return tx.decisions.add(
        capstone,
        person=None,
        origin=DecisionOrigin.CHAT,
        question=None,
        check=None,
        private=False,
        title="Postgres",
        texts={Slot.DECIDED: "Postgres."},
        anchors=places,
        supersedes=None,
        by=RevisedBy.SENSEI,
        at=NOW,
    )


def test_a_list_has_each_decisions_newest_words_and_its_own_places_in_order(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx, 801)
        first, second = drafted(tx, capstone, PLACES), drafted(tx, capstone, [])
        texts = {Slot.DECIDED: "SQLite.", Slot.AGAINST: "Postgres."}
        tx.decisions.revise(first.id, "SQLite", texts, RevisedBy.PARTICIPANT, NOW)
        listed = tx.decisions.of(capstone, list(DecisionState))
        assert [found.id for found in listed] == [first.id, second.id]
        assert (listed[0].title, listed[0].texts, listed[0].revision) == ("SQLite", texts, 2)
        assert [list(found.anchors) for found in listed] == [PLACES, []]
        assert listed == [tx.decisions.get(found.id) for found in listed]


def test_only_confirmed_decisions_are_counted_each_for_its_capstone(store: SqlStore) -> None:
    with store.begin() as tx:
        one, other, empty = (enrolled(tx, repository) for repository in (802, 803, 804))
        for capstone, states in (
            (one, ("confirmed", "confirmed", "draft")),
            (other, ("confirmed", "withdrawn")),
        ):
            for state in states:
                tx.decisions.set_state(drafted(tx, capstone, []).id, DecisionState(state), NOW)
        assert tx.decisions.count_confirmed([one, other, empty]) == {one: 2, other: 1}
        assert tx.decisions.count_confirmed([]) == {}
