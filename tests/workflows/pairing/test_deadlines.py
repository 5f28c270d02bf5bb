"""How long a sensei has to answer, in their own working hours, and that they are reminded once."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import Weekday, WorkingHours
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.rendering.chat.slack_text import moment
from bot.workflows.pairing import absence_news, lifecycle
from tests.fakes.steps import Recorded
from tests.workflows.circle import Circle

pytestmark = pytest.mark.usefixtures("_tidy")
DEADLINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
"""24 working hours in Berlin after Thursday 10:00 there: 7, 8, 8 and 1 of them."""
REMINDED = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


def asked(engine: sa.Engine, hours: WorkingHours | None = None) -> tuple[Circle, Pair]:
    """Ada's pair with Sen, which a lead has approved on Thursday at 10:00 in Berlin."""
    it = Circle(engine)
    it.sensei("Sen", 1)
    it.sensei("Sol", 0)
    it.participant("Ada")
    if hours:
        it.says("Sen", hours=hours)
        it.says("Ada", hours=hours)
    it.propose()
    pair = it.pair("Ada")
    with it.store.begin() as tx:
        assert lifecycle.approve(tx, it.cohort, [pair.id], it.people["Lea"], it.now()).done
    return it, it.get(pair.id)


def until(it: Circle, at: datetime) -> list[str]:
    """Let time pass, and everything be done when it is due; return the kinds of messages to Sen, in order."""
    sent = []
    while due := [job.due_at for job in it.jobs() if job.due_at <= at]:
        it.clock = max(it.clock, min(due))
        sent += [kind for kind, letter in it.run() if letter.to == (it.people["Sen"],)]
    it.clock = at
    return sent


def goes_away(it: Circle, first: date, last: date) -> None:
    with it.store.begin() as tx:
        number = tx.absences.add(it.cohort, it.people["Sen"], first, last, None)
        absence_news.announce_absence(tx, it.cohort, number, it.now())


def test_silence_counts_as_consent_after_24_working_hours_and_one_reminder(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    assert pair.deadline == DEADLINE
    assert until(it, REMINDED - timedelta(seconds=1)) == ["pairing.ask"]
    assert until(it, REMINDED) == ["pairing.reminder"]
    assert until(it, DEADLINE - timedelta(seconds=1)) == []
    assert it.get(pair.id).state is PairState.APPROVED
    until(it, DEADLINE)
    assert it.get(pair.id).state is PairState.ACTIVE


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu", "Pacific/Auckland"])
def test_a_reminder_arrives_while_the_sensei_is_at_work(engine: sa.Engine, zone: str) -> None:
    it, pair = asked(engine, WorkingHours(zone))
    [job] = it.jobs("pairing.remind")
    until(it, job.due_at)
    local = WorkingHours(zone)
    clock = job.due_at.astimezone(ZoneInfo(zone))
    assert local.begins <= clock.hour * 60 + clock.minute < local.ends
    assert clock.weekday() < 5
    assert job.due_at < pair.deadline


def test_who_has_answered_is_not_reminded(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    until(it, it.now())
    with it.store.begin() as tx:
        lifecycle.veto(tx, pair.id, "We share an office", it.people["Sen"], it.now())
    assert "pairing.reminder" not in until(it, DEADLINE)
    assert it.get(pair.id).state is PairState.VETOED


def test_a_sensei_who_is_away_is_reminded_when_they_are_back_and_has_as_much_time(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    until(it, it.now())
    it.wait(seconds=1)
    goes_away(it, date(2026, 11, 30), date(2026, 12, 4))
    later = it.get(pair.id)
    assert later.deadline == DEADLINE + timedelta(days=7)
    # The sensei and the leads read the new time in the messages that they have.
    assert {"pairing.ask", "pairing.board"} <= {job.argument["kind"] for job in it.jobs("rewrite")}
    assert until(it, REMINDED + timedelta(days=7) - timedelta(seconds=1)) == []
    assert it.get(pair.id).state is PairState.APPROVED
    assert until(it, REMINDED + timedelta(days=7)) == ["pairing.reminder"]
    until(it, later.deadline - timedelta(seconds=1))
    assert it.get(pair.id).state is PairState.APPROVED
    until(it, later.deadline)
    assert it.get(pair.id).state is PairState.ACTIVE


def test_a_deadline_never_moves_to_an_earlier_time(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    it.says("Sen", hours=WorkingHours("Europe/Berlin", tuple(Weekday), 0, 1440))
    until(it, DEADLINE - timedelta(seconds=1))
    assert (it.get(pair.id).state, it.get(pair.id).deadline) == (PairState.APPROVED, DEADLINE)


def test_who_works_less_than_when_they_were_asked_has_longer(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    it.says("Sen", hours=WorkingHours("Europe/Berlin", (Weekday.THU,)))
    until(it, DEADLINE)
    assert it.get(pair.id).state is PairState.APPROVED
    until(it, datetime(2026, 12, 17, 9, tzinfo=UTC))  # 7, 8, 8 and 1 hours, on four Thursdays
    assert it.get(pair.id).state is PairState.ACTIVE


def test_a_reminder_that_comes_late_waits_for_working_hours_or_is_left_out(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    it.run()
    [job] = it.jobs("pairing.remind")
    it.clock = REMINDED + timedelta(hours=9)  # the bot was stopped until Monday evening
    assert it.flows.remind(Recorded(it.store), job.argument) == {"outcome": "postponed"}
    assert [found.due_at for found in it.jobs("pairing.remind") if found.id != job.id] == [
        datetime(2026, 12, 1, 8, tzinfo=UTC)
    ]
    it.clock = DEADLINE
    assert it.flows.remind(Recorded(it.store), job.argument) == {"outcome": "too late"}
    assert it.get(pair.id).state is PairState.APPROVED


def test_a_pair_that_an_earlier_version_approved_keeps_its_day_by_the_clock(engine: sa.Engine) -> None:
    """Its sensei was told that time, and its job is due then."""
    it, _ = asked(engine)
    old = it.put("Ada", "Sen", PairState.APPROVED)
    assert (old.answer_by, old.deadline) == (None, it.now() + timedelta(hours=24))
    goes_away(it, date(2026, 11, 26), date(2026, 12, 4))
    assert it.get(old.id) == old
    it.wait(hours=24)
    steps = Recorded(it.store)
    assert it.flows.settle(steps, {"pair": old.id}) == {"outcome": "active"}
    # Replayed from the record of the one step that it had before.
    steps.again()
    assert it.flows.settle(steps, {"pair": old.id}) == {"outcome": "active"}
    assert it.flows.remind(Recorded(it.store), {"pair": old.id}) == {"outcome": "not wanted"}


def test_a_reminder_says_until_when_and_later_what_was_decided(engine: sa.Engine) -> None:
    it, pair = asked(engine)
    until(it, REMINDED - timedelta(seconds=1))
    it.clock = REMINDED
    [reminder] = [letter.message for kind, letter in it.run() if kind == "pairing.reminder"]
    shown = json.dumps(reminder.blocks, ensure_ascii=False)
    assert moment(DEADLINE) in shown
    for words in ("You haven't answered yet", "*Ada*", "pairing.accept", "pairing.veto"):
        assert words in shown
    with it.store.begin() as tx:
        tx.effects.begin(f"message:pairing.reminder:{pair.id}", it.now())
        lifecycle.accept(tx, pair.id, it.people["Sen"], it.now())
    [rewrite] = [job for job in it.jobs("rewrite") if job.argument["kind"] == "pairing.reminder"]
    with it.store.begin() as tx:
        letter = it.features.words["pairing.reminder"](tx, rewrite.argument["about"])
    assert letter
    shown = json.dumps(letter.message.blocks)
    assert "the two of you are now a pair" in shown
    assert "pairing.accept" not in shown
