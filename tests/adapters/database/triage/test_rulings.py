"""Rulings, locks and exemptions as rows: only ever added, one holder at a time, nothing of another's."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.pull_requests.records import Account
from bot.domain.triage.records import ExemptSubject, Milestone, NewRuling, RulerRole, Verdict

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def capstone(tx: SqlTx, number: int = 1) -> int:
    return tx.capstones.add(
        cohort="dojo",
        repository=number,
        owner="ada",
        name=f"desk{number}",
        default_branch="main",
        installation=9,
        participant=Account(1, "ada"),
        sensei=Account(2, "sen"),
        publish=None,
        at=NOW,
    ).id


def person(tx: SqlTx, number: int = 2) -> str:
    return tx.members.find_or_add_by_host_account(Account(number, f"p{number}"), NOW)


def new(tx: SqlTx, of: int, criterion: str = "speed", appeal: int | None = None) -> NewRuling:
    words = {"reason": "A reason", "sentence": "A sentence", "basis": "b" * 64}
    return NewRuling(
        of,
        criterion,
        Verdict.OTHER,
        3,
        2,
        **words,
        sensei=person(tx),
        role=RulerRole.DEPUTY,
        milestone=Milestone.MIDWAY,
        appeal=appeal,
        entered_by_operator=True,
    )


def test_a_ruling_is_stored_whole_and_the_newest_of_each_criterion_counts(engine: sa.Engine) -> None:
    with store(engine).begin() as tx:
        one, other = capstone(tx), capstone(tx, 2)
        made = [tx.rulings.add(new(tx, one), NOW + number * MINUTE) for number in range(2)]
        safety = tx.rulings.add(new(tx, one, "safety"), NOW)
        theirs, sen = tx.rulings.add(new(tx, other), NOW), person(tx)
    with store(engine).read() as tx:
        assert tx.rulings.find(made[0].id) == made[0]
        assert tx.rulings.find(10**9) is None
        assert (made[0].level, made[0].draft, made[0].milestone, made[0].role) == (
            3,
            2,
            Milestone.MIDWAY,
            RulerRole.DEPUTY,
        )
        assert (made[0].reason, made[0].sentence, made[0].entered_by_operator) == (
            "A reason",
            "A sentence",
            True,
        )
        assert list(tx.rulings.of(one)) == [*made, safety]
        assert tx.rulings.latest([one, other, 10**9]) == {
            one: {"speed": made[1], "safety": safety},
            other: {"speed": theirs},
            10**9: {},
        }
        assert [ruling.id for ruling in tx.rulings.by_sensei(sen, NOW)] == [made[1].id]


def test_an_appeal_has_one_ruling(engine: sa.Engine) -> None:
    with store(engine).begin() as tx:
        one = capstone(tx)
        tx.rulings.add(new(tx, one, appeal=7), NOW)
        with pytest.raises(ValueError, match="has a ruling already"):
            tx.rulings.add(new(tx, one, appeal=7), NOW)
        assert len(tx.rulings.of(one)) == 1


def test_a_lock_is_its_holders_until_it_ends_and_then_the_next_ones(engine: sa.Engine) -> None:
    with store(engine).begin() as tx:
        one, sen, bo = capstone(tx), person(tx), person(tx, 3)
        until = NOW + 15 * MINUTE
        assert tx.rulings.lock(one, "speed", sen, "x", NOW, until).sensei == sen
        assert tx.rulings.lock(one, "safety", bo, "x", NOW, until).sensei == bo
        kept = tx.rulings.lock(one, "speed", bo, "y", NOW, until + MINUTE)
        assert (kept.sensei, kept.basis, kept.until) == (sen, "x", until)
        again = tx.rulings.lock(one, "speed", sen, "z", NOW + MINUTE, until + MINUTE)
        assert (again.basis, again.until) == ("z", until + MINUTE)
        assert tx.rulings.find_lock(one, "speed", until) == again
        assert tx.rulings.find_lock(one, "speed", until + MINUTE) is None
        assert tx.rulings.lock(one, "speed", bo, "y", until + MINUTE, until + 9 * MINUTE).sensei == bo


def test_only_its_holder_ends_a_lock_and_then_it_is_free_at_once(engine: sa.Engine) -> None:
    with store(engine).begin() as tx:
        one, sen, bo = capstone(tx), person(tx), person(tx, 3)
        tx.rulings.lock(one, "speed", sen, "x", NOW, NOW + MINUTE)
        tx.rulings.unlock(one, "speed", bo)
        assert tx.rulings.find_lock(one, "speed", NOW)
        tx.rulings.unlock(one, "speed", sen)
        assert tx.rulings.find_lock(one, "speed", NOW) is None
        assert tx.rulings.lock(one, "speed", bo, "y", NOW, NOW + MINUTE).sensei == bo


def test_an_exemption_is_in_force_until_it_ends_or_another_of_the_same_replaces_it(
    engine: sa.Engine,
) -> None:
    check, criterion = ExemptSubject.CHECK, ExemptSubject.CRITERION
    with store(engine).begin() as tx:
        one, other, sen = capstone(tx), capstone(tx, 2), person(tx)
        first = tx.exemptions.grant(one, check, "speed.1", "No.", sen, NOW)
        whole = tx.exemptions.grant(one, criterion, "speed", "No.", sen, NOW)
        theirs = tx.exemptions.grant(other, check, "speed.1", "No.", sen, NOW)
        second = tx.exemptions.grant(one, check, "speed.1", "Not yet.", sen, NOW)
        assert tx.exemptions.of([one]) == [whole, second]
        assert (tx.exemptions.find(first.id), tx.exemptions.find(second.id)) == (None, second)
        assert (tx.exemptions.end(second.id, NOW), tx.exemptions.end(second.id, NOW)) == (True, False)
        assert not tx.exemptions.end(10**9, NOW)
        assert tx.exemptions.of([one, other]) == [whole, theirs]
