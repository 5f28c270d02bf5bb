"""Check-ins, rhythms and the budget of unprompted messages, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.check_ins.records import DEFAULT_RHYTHM, CheckInState, Rhythm, RhythmChoice, Topic
from bot.domain.dojo.people import CohortRole, Weekday
from bot.domain.pull_requests.records import Account

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = date(2026, 11, 25)
ADA = Account(1, "ada")


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def _enrol(tx: SqlTx, name: str = "ada") -> tuple[int, int]:
    """Return an enrolment and a capstone of theirs."""
    cohort = tx.cohorts.add("Dojo", NOW)
    person = tx.members.find_or_add_by_host_account(Account(len(name), name), NOW)
    member = tx.members.join(cohort.id, person, CohortRole.PARTICIPANT, NOW)
    capstone = tx.capstones.add(
        cohort="Dojo",
        repository=len(name),
        owner=name,
        name="desk",
        default_branch="main",
        installation=9,
        participant=Account(len(name), name),
        sensei=None,
        publish=None,
        at=NOW,
    )
    return member.enrolment, capstone.id


def test_a_day_has_one_check_in_that_was_due_and_one_that_was_asked_for(store: SqlStore) -> None:
    with store.begin() as tx:
        enrolment, capstone = _enrol(tx)
        made = tx.check_ins.add(enrolment, capstone, DAY, Topic.DRIFT, None, False, NOW)
        assert tx.check_ins.add(enrolment, capstone, DAY, Topic.GATE, None, False, NOW) == made
        asked_for = tx.check_ins.add(enrolment, capstone, DAY, Topic.GATE, None, True, NOW)
        assert tx.check_ins.add(enrolment, capstone, DAY, Topic.GATE, None, True, NOW) == asked_for
        later = tx.check_ins.add(
            enrolment, capstone, DAY + timedelta(days=7), Topic.CHANGE, None, True, NOW + timedelta(days=7)
        )
        other, own = _enrol(tx, "grace")
        third = tx.check_ins.add(other, own, DAY, Topic.GATE, None, False, NOW)
    with store.read() as tx:
        assert (made.state, made.asked_at, made.ended_at) == (CheckInState.ASKED, NOW, None)
        assert tx.check_ins.find(enrolment, DAY) == made == tx.check_ins.get(made.id)
        assert tx.check_ins.find(enrolment, DAY + timedelta(days=1)) is None
        assert tx.check_ins.get(99) is tx.check_ins.by_question(99) is None
        assert list(tx.check_ins.of(enrolment)) == [later, asked_for, made]
        assert tx.check_ins.find(enrolment, DAY, asked_for=True) == asked_for
        assert tx.check_ins.newest([enrolment, other, 99]) == {enrolment: later, other: third}
        assert tx.check_ins.newest([enrolment], unprompted=True) == {enrolment: made}
        assert list(tx.check_ins.asked()) == [made, asked_for, later, third]


def test_a_check_in_ends_with_a_reason_and_can_be_opened_again(store: SqlStore) -> None:
    with store.begin() as tx:
        made = tx.check_ins.add(*_enrol(tx), DAY, Topic.DRIFT, None, False, NOW)
        tx.check_ins.put_off(made.id, DAY + timedelta(days=9))
        assert tx.check_ins.asked()[0].put_off_until == DAY + timedelta(days=9)
        tx.check_ins.put_off(made.id, None)
        assert tx.check_ins.asked()[0].put_off_until is None
        tx.check_ins.note_reminded(made.id, NOW + timedelta(days=2))
        tx.check_ins.set_state(made.id, CheckInState.SKIPPED, NOW + timedelta(days=4), "On a course.")
        ended = tx.check_ins.get(made.id)
        assert ended is not None
        assert (ended.state, ended.reason) == (CheckInState.SKIPPED, "On a course.")
        assert (ended.reminded_at, ended.ended_at) == (NOW + timedelta(days=2), NOW + timedelta(days=4))
        tx.check_ins.set_state(made.id, CheckInState.ASKED, NOW)
        again = tx.check_ins.get(made.id)
        assert again is not None
        assert (again.reason, again.ended_at) == ("", None)


def test_a_participant_keeps_the_cohorts_rhythm_until_they_choose_one(store: SqlStore) -> None:
    fridays = Rhythm(2, Weekday.FRI, 14 * 60)
    with store.begin() as tx:
        enrolment, _ = _enrol(tx)
        cohort = tx.cohorts.add("Dojo", NOW).id
        assert tx.rhythms.of_cohorts([cohort]) == {cohort: DEFAULT_RHYTHM}
        assert tx.rhythms.choices([enrolment]) == {enrolment: RhythmChoice(enrolment)}
        both = DEFAULT_RHYTHM, {enrolment: RhythmChoice(enrolment)}
        assert tx.rhythms.of_members(cohort, [enrolment]) == both
        tx.rhythms.set_cohort(cohort, Rhythm(4))
        tx.rhythms.set_cohort(cohort, fridays)
        tx.rhythms.choose(enrolment, Rhythm(0))
        tx.rhythms.snooze(enrolment, DAY)
    with store.begin() as tx:
        assert tx.rhythms.of_cohorts([cohort]) == {cohort: fridays}
        chosen = {enrolment: RhythmChoice(enrolment, Rhythm(0), DAY)}
        assert tx.rhythms.choices([enrolment]) == chosen
        assert tx.rhythms.of_members(cohort, [enrolment, 0]) == (fridays, {**chosen, 0: RhythmChoice(0)})
        tx.rhythms.choose(enrolment, None)
        tx.rhythms.snooze(enrolment, None)
        assert tx.rhythms.choices([enrolment])[enrolment] == RhythmChoice(enrolment)


def test_a_person_has_one_unprompted_message_a_day(store: SqlStore) -> None:
    with store.begin() as tx:
        ada, grace = (tx.members.find_or_add_by_host_account(Account(number, "x"), NOW) for number in (1, 2))
        assert tx.unprompted.taken(ada, DAY) is None
        assert tx.unprompted.take(ada, DAY, "sensei_digest", "digest:1")
        assert tx.unprompted.take(ada, DAY, "sensei_digest", "digest:1")
        assert not tx.unprompted.take(ada, DAY, "sensei_digest", "digest:2")
        assert not tx.unprompted.take(ada, DAY, "handover", "digest:1")
        assert tx.unprompted.take(grace, DAY, "handover", "bundle")
        assert tx.unprompted.take(ada, DAY + timedelta(days=1), "handover", "bundle")
        assert tx.unprompted.taken(ada, DAY) == "sensei_digest"
        assert tx.unprompted.taken_by([ada], DAY + timedelta(days=1)) == {
            (ada, DAY + timedelta(days=1)): "handover"
        }
        assert tx.unprompted.forget(DAY + timedelta(days=1)) == 2
        assert tx.unprompted.taken(ada, DAY) is None


def test_a_day_that_is_kept_goes_to_the_features_first_message_or_is_given_back(store: SqlStore) -> None:
    with store.begin() as tx:
        ada = tx.members.find_or_add_by_host_account(ADA, NOW)
        assert tx.unprompted.take(ada, DAY, "check_in")
        assert not tx.unprompted.take(ada, DAY, "handover", "bundle")
        tx.unprompted.give_back(ada, DAY, "handover")
        assert tx.unprompted.taken(ada, DAY) == "check_in"
        tx.unprompted.give_back(ada, DAY, "check_in")
        assert tx.unprompted.taken(ada, DAY) is None
        assert tx.unprompted.take(ada, DAY, "check_in")
        assert tx.unprompted.take(ada, DAY, "check_in", "check_in:1")
        assert not tx.unprompted.take(ada, DAY, "check_in", "check_in:2")
        tx.unprompted.give_back(ada, DAY, "check_in")
        assert tx.unprompted.taken(ada, DAY) == "check_in"


def test_the_code_of_the_next_question_is_kept_until_it_is_asked(store: SqlStore) -> None:
    with store.begin() as tx:
        enrolment, capstone = _enrol(tx, "kept")
        assert tx.check_ins.take_code(enrolment, "first") is None
        tx.check_ins.keep_code(enrolment, capstone, "first", "limit = 50")
        tx.check_ins.keep_code(enrolment, capstone, "second", "limit = 20")
    with store.begin() as tx:
        assert tx.check_ins.take_code(enrolment, "first") is None, "it was found for another question"
        assert tx.check_ins.take_code(enrolment, "second") == "limit = 20"
        assert tx.check_ins.take_code(enrolment, "second") is None
