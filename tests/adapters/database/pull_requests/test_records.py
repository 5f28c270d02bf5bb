"""What is followed of capstones, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
    RoundState,
    ThreadMessage,
    Trigger,
)
from bot.domain.review.report import Citation, Movement
from bot.ports.deliveries import Delivery, unknown_pull_request
from bot.ports.jobs import Job

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ADA, SEN = Account(1, "ada"), Account(2, "sen")


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def enrolled(tx: SqlTx, repository: int = 7, name: str = "desk", participant: Account = ADA) -> Capstone:
    return tx.capstones.add(
        cohort="dojo",
        repository=repository,
        owner="ada",
        name=name,
        default_branch="main",
        installation=9,
        participant=participant,
        sensei=SEN,
        publish=None,
        at=NOW,
    )


def opened(tx: SqlTx, capstone: Capstone, number: int = 1, **changes: object) -> PullRequest:
    values = {
        "state": "open",
        "draft": False,
        "author": ADA,
        "head": "a" * 40,
        "base_ref": "main",
        "at": NOW,
        **changes,
    }
    return tx.pull_requests.save(capstone.id, number, **values)  # type: ignore[arg-type]


def question(round_: str, fingerprint: str = "f" * 64, check: str | None = "reliability.2") -> AskedQuestion:
    return AskedQuestion(
        id=0,
        round=round_,
        check=check,
        text="Why?",
        fingerprint=fingerprint,
        path="desk.py",
        side="head",
        line_start=1,
        line_end=2,
        quote="x = 1",
        inline=True,
        state=QuestionState.PROPOSED,
        comment=None,
    )


def movement(check: str = "risk.1", quote: str = "x = 1") -> Movement:
    citation = Citation(
        source="commit",
        path="desk.py",
        commit="c" * 40,
        side="head",
        line_start=1,
        line_end=1,
        quote=quote,
        redacted=False,
    )
    return Movement(
        check=check, direction="supports", partial=False, missing="", source="signal", citations=(citation,)
    )


@contextmanager
def undone(store: SqlStore) -> Iterator[SqlTx]:
    """A transaction that raises at its end."""
    with pytest.raises(ZeroDivisionError), store.begin() as tx:  # noqa: PT012
        yield tx
        raise ZeroDivisionError


def test_a_pull_request_that_becomes_known_releases_its_deliveries_alone(store: SqlStore) -> None:
    """An earlier version stored 0 for any pull request that wasn't known."""
    with store.begin() as tx:
        for guid, waits_for in (("1", unknown_pull_request(7)), ("2", unknown_pull_request(8)), ("3", 0)):
            tx.deliveries.receive(Delivery(guid, "issue_comment", b"{}"), NOW)
            tx.deliveries.defer(guid, waits_for)
        assert tx.deliveries.deferred_pull_requests() == set()
        tx.deliveries.wake(unknown_pull_request(7))
        assert tx.deliveries.list_waiting(10) == ["1", "3"]


def test_a_delivery_is_kept_once_and_its_payload_only_until_it_is_handled(store: SqlStore) -> None:
    with store.begin() as tx:
        assert tx.deliveries.receive(Delivery("1", "push", b"{}"), NOW)
        assert not tx.deliveries.receive(Delivery("1", "push", b"{other}"), NOW)
        assert tx.deliveries.receive(Delivery("2", "push", b"\0\xff"), NOW - timedelta(1))
    with store.begin() as tx:
        assert tx.deliveries.list_waiting(10) == ["2", "1"]
        assert tx.deliveries.get("2") == Delivery("2", "push", b"\0\xff")
        tx.deliveries.close("1", "handled")
        tx.deliveries.close("2", "failed", "a bug")
    with store.begin() as tx:
        assert tx.deliveries.list_waiting(10) == []
        assert tx.deliveries.get("1") is None
        assert tx.deliveries.find_known(["1", "2", "3"]) == {"1", "2"}
        assert not tx.deliveries.receive(Delivery("1", "push", b"{}"), NOW)


def test_a_delivery_that_failed_is_listed_and_waits_once_more_when_somebody_says_so(store: SqlStore) -> None:
    with store.begin() as tx:
        for guid in ("a", "b"):
            tx.deliveries.receive(Delivery(guid, "push", b"{}"), NOW)
        tx.deliveries.close("a", "failed", "a bug")
        tx.deliveries.close("b", "handled")
    with store.begin() as tx:
        assert list(tx.deliveries.list_failed()) == [("a", "a bug")]
        assert [tx.deliveries.retry(guid) for guid in ("a", "a", "b", "c")] == [True, False, False, False]
    with store.begin() as tx:
        assert list(tx.deliveries.list_waiting(9)) == ["a"]
        assert tx.deliveries.get("a") == Delivery("a", "push", b"{}")


def test_refusals_are_counted_by_day_and_reason(store: SqlStore, engine: sa.Engine) -> None:
    with store.begin() as tx:
        tx.deliveries.count_refused("forged", 2, NOW)
        tx.deliveries.count_refused("forged", 3, NOW)
        tx.deliveries.count_refused("forged", 1, NOW + timedelta(1))
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT day, count FROM refusal ORDER BY day")).all()
    assert [tuple(each) for each in found] == [("2026-11-26", 5), ("2026-11-27", 1)]


def test_a_transaction_that_fails_leaves_nothing(store: SqlStore) -> None:
    with undone(store) as tx:
        enrolled(tx)
        tx.jobs.add(Job("j", "sweep", {}, NOW))
    with store.begin() as tx:
        assert tx.capstones.all() == []
        assert tx.jobs.due(NOW, 9) == []


def test_people_are_known_by_their_numbers_whatever_they_are_called(
    store: SqlStore, engine: sa.Engine
) -> None:
    with store.begin() as tx:
        enrolled(tx)
        enrolled(tx, 8, "till", Account(1, "ada-married"))
    with store.begin() as tx:
        assert [one.participant.login for one in tx.capstones.all()] == ["ada-married", "ada-married"]
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM person")).scalar_one() == 2


def test_enrolling_again_changes_who_answers_and_nothing_else(store: SqlStore) -> None:
    with store.begin() as tx:
        first = enrolled(tx)
        tx.capstones.set_publishing(first.id, PublishPolicy.SENSEI_FIRST, held=True)
        assert enrolled(tx, participant=Account(3, "bo")).id == first.id
        assert tx.capstones.get(first.id).held


def test_enrolling_again_leaves_what_is_not_named(store: SqlStore) -> None:
    with store.begin() as tx:
        first = enrolled(tx)
        tx.capstones.set_publishing(first.id, PublishPolicy.SENSEI_FIRST)
        again = tx.capstones.add(
            cohort="dojo",
            repository=7,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=9,
            participant=ADA,
            sensei=None,
            publish=None,
            at=NOW,
        )
    assert (again.sensei, again.publish) == (SEN, PublishPolicy.SENSEI_FIRST)


def test_a_repository_made_anew_under_its_name_takes_the_place_of_the_old_one(store: SqlStore) -> None:
    with store.begin() as tx:
        old, new = enrolled(tx), enrolled(tx, 8)
        assert [one.id for one in tx.capstones.all()] == [new.id]
        assert tx.capstones.by_name("ada/desk") == new
        assert tx.capstones.get(old.id).ended


def test_another_hosts_numbers_are_other_repositories(engine: sa.Engine) -> None:
    with SqlStore(engine, "github.com").begin() as tx:
        enrolled(tx)
    with SqlStore(engine, "ghes.bank.example").begin() as tx:
        assert tx.capstones.by_repository(7) is None
        enrolled(tx)
        assert len(tx.capstones.all()) == 1


def test_an_ended_capstone_is_silent_and_comes_back_by_enrolling(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        tx.capstones.end(capstone.id)
        assert tx.capstones.by_repository(7) is tx.capstones.by_name("ada/desk") is None
        assert not tx.capstones.get(capstone.id).speaks
        assert enrolled(tx).speaks


def test_names_are_found_whatever_their_case_and_follow_a_rename(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        assert tx.capstones.by_name("ADA/Desk") == capstone
        tx.capstones.set_name(7, "ada", "counter")
        assert tx.capstones.by_name("ada/desk") is None
        assert tx.capstones.by_repository(7) == replace(capstone, name="counter")


def test_an_installation_that_goes_takes_its_repositories_with_it(store: SqlStore) -> None:
    with store.begin() as tx:
        enrolled(tx)
        enrolled(tx, 8, "till")
        tx.capstones.set_installation(8, 10)
        tx.capstones.clear_installation(9)
        assert [one.installation for one in tx.capstones.all()] == [None, 10]


def test_older_news_of_a_pull_request_changes_nothing(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        opened(tx, capstone)
        closed = opened(tx, capstone, state="closed", head="b" * 40, at=NOW + timedelta(seconds=2))
        late = opened(tx, capstone, state="open", head="c" * 40, at=NOW + timedelta(seconds=1))
        assert late == closed
        assert tx.pull_requests.list_open(capstone.id) == []


def test_a_round_makes_its_job_and_a_waiting_one_moves_it(store: SqlStore) -> None:
    with store.begin() as tx:
        pull_request = opened(tx, enrolled(tx))
        round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW + timedelta(minutes=3))
        assert round_.id == "review:7#1:1"
        assert tx.jobs.due(NOW, 9) == []
        tx.rounds.move(round_.id, "b" * 40, NOW, Trigger.ASKED)
        tx.rounds.move(round_.id, "c" * 40, NOW, Trigger.PUSH)
        [job] = tx.jobs.due(NOW, 9)
        assert (job.id, job.kind, job.argument) == (round_.id, "review", {"round": round_.id})
        moved = tx.rounds.get(round_.id)
        assert (moved.head, moved.trigger) == ("c" * 40, Trigger.ASKED)
        tx.jobs.mark_begun(job.id, NOW)
        tx.jobs.add(job)
        assert tx.jobs.due(NOW, 9) == []
        assert tx.rounds.begin(pull_request.id, Trigger.PUSH, "d" * 40, NOW).id == "review:7#1:2"


def test_a_round_is_busy_while_another_of_its_pull_request_is_read(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        one, other = opened(tx, capstone), opened(tx, capstone, 2)
        first = tx.rounds.begin(one.id, Trigger.OPENED, "a" * 40, NOW)
        second = tx.rounds.begin(one.id, Trigger.PUSH, "b" * 40, NOW)
        elsewhere = tx.rounds.begin(other.id, Trigger.OPENED, "a" * 40, NOW)
        assert not tx.rounds.is_another_running(second.id)
        tx.rounds.set_state(first.id, RoundState.READING, NOW)
        assert tx.rounds.is_another_running(second.id)
        assert not tx.rounds.is_another_running(first.id)
        assert not tx.rounds.is_another_running(elsewhere.id)
        tx.rounds.set_state(first.id, RoundState.PUBLISHED, NOW)
        assert not tx.rounds.is_another_running(second.id)


def test_questions_keep_their_fingerprint_once_and_are_forgotten_only_while_unasked(store: SqlStore) -> None:
    with store.begin() as tx:
        pull_request = opened(tx, enrolled(tx))
        round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW)
        tx.questions.add(
            round_.id, [question(round_.id), question(round_.id), question(round_.id, "e" * 64)], NOW
        )
        first, second = tx.questions.of(pull_request.id)
        tx.questions.set_state(first.id, QuestionState.ASKED, NOW, comment=55)
        tx.questions.forget(round_.id)
        assert [one.id for one in tx.questions.of(pull_request.id)] == [first.id]
        assert tx.questions.get(second.id) is None
        assert tx.questions.by_comment(55) == replace(first, state=QuestionState.ASKED, comment=55)


def test_the_number_of_a_forgotten_question_is_never_anothers(store: SqlStore) -> None:
    """A workflow's record may still name it, and would post somebody else's question."""
    with store.begin() as tx:
        pull_request = opened(tx, enrolled(tx))
        round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW)
        tx.questions.add(round_.id, [question(round_.id)], NOW)
        [forgotten] = tx.questions.of(pull_request.id)
        tx.questions.forget(round_.id)
        tx.questions.add(round_.id, [question(round_.id, "e" * 64)], NOW)
        assert [one.id for one in tx.questions.of(pull_request.id)] != [forgotten.id]


def test_only_what_a_finished_round_proposes_waits_for_a_sensei(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        pull_request = opened(tx, capstone)
        round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW)
        tx.questions.add(round_.id, [question(round_.id)], NOW)
        assert tx.questions.list_proposed() == []
        tx.rounds.set_state(round_.id, RoundState.PUBLISHED, NOW)
        assert [one.text for _, _, one in tx.questions.list_proposed()] == ["Why?"]


def test_open_questions_are_counted_over_all_of_one_persons_capstones(store: SqlStore) -> None:
    with store.begin() as tx:
        for number, (repository, person) in enumerate([(7, ADA), (8, ADA), (9, SEN)]):
            pull_request = opened(tx, enrolled(tx, repository, f"r{number}", person))
            round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW)
            tx.questions.add(round_.id, [question(round_.id)], NOW)
            [one] = tx.questions.of(pull_request.id)
            tx.questions.set_state(one.id, QuestionState.ASKED, NOW)
        assert tx.questions.count_open(ADA.id, ADA.id) == 2
        assert tx.questions.count_open(SEN.id, ADA.id) == 1


def test_what_was_said_in_a_thread_is_kept_edited_and_forgotten(store: SqlStore, engine: sa.Engine) -> None:
    with store.begin() as tx:
        pull_request = opened(tx, enrolled(tx))
        round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, "a" * 40, NOW)
        tx.questions.add(round_.id, [question(round_.id)], NOW)
        [one] = tx.questions.of(pull_request.id)
        tx.questions.save_message(one.id, 70, ADA.id, "First words", NOW)
        tx.questions.save_message(one.id, 70, ADA.id, "Better words", NOW)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT body FROM thread_message")).scalars().all() == [
            "Better words"
        ]
    with store.begin() as tx:
        assert tx.questions.get_message(70) == ThreadMessage(NOW, deleted=False)
        assert tx.questions.get_message(71) is None
        tx.questions.delete_message(one.id, 70, ADA.id, NOW)
        tx.questions.delete_message(one.id, 71, ADA.id, NOW)
        assert [tx.questions.get_message(each) for each in (70, 71)] == [ThreadMessage(NOW, deleted=True)] * 2
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT body FROM thread_message")).scalars().all() == ["", ""]


def test_a_ledger_keeps_each_source_once_and_counts_what_is_merged(store: SqlStore) -> None:
    with store.begin() as tx:
        capstone = enrolled(tx)
        tx.ledgers.record(capstone.id, "review:7#1:1", [movement()], pending=True)
        tx.ledgers.record(capstone.id, "review:7#1:1", [movement("risk.2"), movement("risk.3")], pending=True)
        tx.ledgers.record(capstone.id, "review:7#12:1", [movement("cost.1")], pending=True)
        tx.ledgers.settle(capstone.id, "review:7#1:", merged=True)
        kept = {(one.movement.check, one.pending) for one in tx.ledgers.movements(capstone.id)}
        assert kept == {("risk.2", False), ("risk.3", False), ("cost.1", True)}
        assert tx.ledgers.movements(capstone.id)[0].movement == movement("risk.2")
        tx.ledgers.settle(capstone.id, "review:7#12:", merged=False)
        assert {one.movement.check for one in tx.ledgers.movements(capstone.id)} == {"risk.2", "risk.3"}


def test_an_effect_is_begun_once_and_remembers_its_id(store: SqlStore) -> None:
    with store.begin() as tx:
        assert tx.effects.find("check:1") == (False, None)
        tx.effects.begin("check:1", NOW)
        assert tx.effects.find("check:1") == (True, None)
        tx.effects.finish("check:1", "12", NOW)
        tx.effects.begin("check:1", NOW)
        assert tx.effects.find("check:1") == (True, "12")
