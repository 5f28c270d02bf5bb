"""Nobody gets more than one unprompted message a day: what is refused waits, and nothing is lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import CohortRole, Profile, Weekday, WorkingHours
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import Outbox, send_message
from bot.workflows.chat.unprompted import Feature, find_free_moment, send_unprompted
from tests.fakes.slack import Slack
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.slacked import GREETING, Cohort

TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)  # ten o'clock in Berlin
DAY = timedelta(days=1)


class Budgeted(Cohort):
    """A cohort on a Tuesday, with days that are kept for digests."""

    kept: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.clock = TUESDAY
        self.messaging = Outbox(self.chat, self.store, self.messaging.words, self.now, self.is_kept)

    def is_kept(self, _tx: Tx, _person: str, day: date) -> bool:
        return day in self.kept

    def writes(
        self,
        key: str,
        *people: str,
        feature: Feature = Feature.HANDOVER,
        until: datetime | None = None,
    ) -> None:
        """Let an unprompted message be sent now."""
        with self.store.begin() as tx:
            about: Json = {"to": list(people)}
            send_unprompted(tx, feature, f"{key}:{self.number}", GREETING, about, self.now(), until)

    def pumps(self, steps: Straight | None = None) -> list[str]:
        """Send what is due; return the outcomes."""
        with self.store.begin() as tx:
            due = [job for job in tx.jobs.due(self.now(), 100) if f":{self.number}" in job.id]
            for job in due:
                tx.jobs.mark_begun(job.id, self.now())
        return [self.run(job, steps)["outcome"] for job in due]

    def heard(self, person: str) -> int:
        return len(self.accounts[person].messages)

    def waits_until(self, key: str) -> str:
        """When a message that waits is due, in Berlin."""
        with self.store.read() as tx:
            [job] = tx.jobs.list_waiting(f"message:{key}:{self.number}")
            due = tx.jobs.find_due_time(job)
        assert due
        due += timedelta(seconds=1)  # one that has waited is a moment earlier
        return f"{due.astimezone(ZoneInfo('Europe/Berlin')):%a %d %H:%M}"

    def taken(self, person: str) -> dict[str, str]:
        with self.store.read() as tx:
            found = tx.unprompted.taken_by([person], date(2026, 1, 1))
        return {f"{day:%a}": feature for (_, day), feature in sorted(found.items())}


@pytest.fixture(name="it")
def a_cohort(engine: sa.Engine) -> Iterator[Budgeted]:
    with Slack() as slack:
        yield Budgeted(engine, slack)


@pytest.fixture
def sen(it: Budgeted) -> str:
    return it.joins("Sen", CohortRole.SENSEI)


def test_the_second_message_of_a_day_waits_for_the_next_working_day(it: Budgeted, sen: str) -> None:
    it.writes("first", sen)
    it.writes("second", sen, feature=Feature.DEPUTY_NEWS)
    assert it.pumps() == ["done", "put_off"]
    assert it.heard(sen) == 1
    assert it.waits_until("second") == "Wed 02 09:00"
    it.clock += DAY
    assert it.pumps() == ["done"]
    assert it.heard(sen) == 2
    assert it.taken(sen) == {"Tue": "handover", "Wed": "deputy_news"}


def test_what_is_not_limited_takes_no_day_and_waits_for_none(it: Budgeted, sen: str) -> None:
    it.writes("first", sen)
    with it.store.begin() as tx:
        send_message(tx, f"answer:{it.number}", GREETING, {"to": [sen]}, it.now())
    assert it.pumps() == ["done", "done"]
    assert it.heard(sen) == 2


def test_each_person_has_a_day_of_their_own(it: Budgeted, sen: str) -> None:
    sol = it.joins("Sol", CohortRole.SENSEI)
    it.writes("first", sen)
    it.writes("second", sol)
    assert it.pumps() == ["done", "done"]
    it.writes("third", sen, sol)
    assert it.pumps() == ["put_off"]
    assert it.heard(sen) == it.heard(sol) == 1


def test_a_message_waits_over_days_that_are_taken_off_or_holidays(it: Budgeted, sen: str) -> None:
    with it.store.begin() as tx:
        tx.unprompted.take(sen, date(2026, 12, 2), Feature.RULINGS, "other")
        tx.absences.add(it.id, sen, date(2026, 12, 3), date(2026, 12, 4), None)
    it.writes("first", sen)
    it.writes("second", sen)
    it.pumps()
    assert it.waits_until("second") == "Mon 07 09:00"


def test_a_day_is_the_readers_own(it: Budgeted, sen: str) -> None:
    with it.store.begin() as tx:
        for member in tx.members.roles(sen):
            hours = WorkingHours("Pacific/Auckland", tuple(Weekday))
            tx.members.set_profile(member.enrolment, Profile(hours))
    it.clock = datetime(2026, 12, 1, 10, 30, tzinfo=UTC)  # half past eleven in the evening
    it.writes("first", sen)
    assert it.pumps() == ["done"]
    it.clock += timedelta(hours=1)
    it.writes("second", sen)
    assert it.pumps() == ["done"]
    assert it.taken(sen) == {"Tue": "handover", "Wed": "handover"}


def test_lesser_messages_leave_the_day_of_a_digest_alone(it: Budgeted, sen: str) -> None:
    it.kept = frozenset({date(2026, 12, 1)})
    it.writes("lesser", sen)
    it.writes("digest", sen, feature=Feature.SENSEI_DIGEST)
    assert sorted(it.pumps()) == ["done", "put_off"]
    assert it.taken(sen) == {"Tue": "sensei_digest"}
    it.writes("other", sen, feature=Feature.LEAD_DIGEST)
    assert it.pumps() == ["put_off"]


def test_a_message_that_is_of_no_use_later_is_not_sent(it: Budgeted, sen: str) -> None:
    it.writes("first", sen)
    it.writes("late", sen, until=TUESDAY + timedelta(hours=20))
    it.writes("later", sen, until=TUESDAY + 2 * DAY)
    assert it.pumps() == ["done", "late", "put_off"]
    with it.store.read() as tx:
        assert list(tx.jobs.list_waiting(f"message:late:{it.number}")) == []


def test_a_day_that_was_kept_is_for_the_features_message(it: Budgeted, sen: str) -> None:
    with it.store.begin() as tx:
        tx.unprompted.take(sen, date(2026, 12, 1), Feature.CHECK_IN)
    it.writes("lesser", sen)
    it.writes("check_in", sen, feature=Feature.CHECK_IN)
    it.writes("another", sen, feature=Feature.CHECK_IN)
    assert sorted(it.pumps()) == ["done", "put_off", "put_off"]
    assert it.taken(sen) == {"Tue": "check_in"}


@pytest.mark.parametrize("step", ["post", "put_off"])
def test_a_message_that_dies_while_it_is_put_off_is_sent_once(it: Budgeted, sen: str, step: str) -> None:
    def die() -> None:
        raise Died

    it.writes("first", sen)
    it.pumps()
    it.writes("second", sen)
    with it.store.begin() as tx:
        [job] = [job for job in tx.jobs.due(it.now(), 99) if job.id == f"message:second:{it.number}"]
        tx.jobs.mark_begun(job.id, it.now())
    steps = Recorded(it.store, before={step: die})
    with pytest.raises(Died):
        it.run(job, steps)
    steps.again()
    assert it.run(job, steps) == {"outcome": "put_off"}
    it.clock += DAY
    assert it.pumps() == ["done"]
    assert it.heard(sen) == 2


def tried(it: Budgeted, sen: str) -> None:
    """Let a message have been tried on Tuesday, which it took, without an answer."""
    it.writes("first", sen)
    with it.store.begin() as tx:
        tx.unprompted.take(sen, date(2026, 12, 1), Feature.HANDOVER, f"first:{it.number}")
        tx.effects.begin(f"message:first:{it.number}", it.now())


def test_a_message_that_arrives_on_another_day_takes_that_day_too(it: Budgeted, sen: str) -> None:
    tried(it, sen)
    it.clock += DAY
    it.writes("second", sen)
    assert it.pumps() == ["done", "put_off"]
    assert it.taken(sen) == {"Tue": "handover", "Wed": "handover"}


def test_a_message_that_was_tried_waits_if_its_new_day_is_taken(it: Budgeted, sen: str) -> None:
    tried(it, sen)
    it.clock += DAY
    with it.store.begin() as tx:
        tx.unprompted.take(sen, date(2026, 12, 2), Feature.RULINGS, "other")
    assert it.pumps() == ["put_off"]
    assert it.waits_until("first") == "Thu 03 09:00"
    it.clock += DAY
    assert it.pumps() == ["done"]
    assert it.heard(sen) == 1


def test_a_late_message_waits_for_working_hours(it: Budgeted, sen: str) -> None:
    it.writes("first", sen)
    it.clock = datetime(2026, 12, 5, 3, tzinfo=UTC)  # Saturday, after days without a connection
    assert it.pumps() == ["put_off"]
    assert it.waits_until("first") == "Mon 07 09:00"
    it.clock = datetime(2026, 12, 7, 9, tzinfo=UTC)
    assert it.pumps() == ["done"]
    assert it.taken(sen) == {"Mon": "handover"}


def test_a_day_that_is_kept_for_nothing_is_taken_half_an_hour_later(it: Budgeted, sen: str) -> None:
    today = date(2026, 12, 1)
    with it.store.begin() as tx:
        tx.unprompted.take(sen, today, Feature.CHECK_IN)
    it.writes("first", sen)
    assert it.pumps() == ["put_off"]
    assert it.waits_until("first") == "Tue 01 10:30"
    with it.store.begin() as tx:
        tx.unprompted.give_back(sen, today, Feature.CHECK_IN)
    it.clock += timedelta(minutes=31)
    assert it.pumps() == ["done"]


def test_in_the_evening_a_day_that_is_kept_is_left_alone(it: Budgeted, sen: str) -> None:
    it.kept = frozenset({date(2026, 12, 1)})
    it.clock = datetime(2026, 12, 1, 15, 50, tzinfo=UTC)
    it.writes("first", sen)
    assert it.pumps() == ["put_off"]
    assert it.waits_until("first") == "Wed 02 09:00"


def test_after_a_week_a_message_no_longer_gives_way_to_digests(it: Budgeted, sen: str) -> None:
    with it.store.begin() as tx:  # who works on one day gets their digest on it
        for member in tx.members.roles(sen):
            tx.members.set_profile(member.enrolment, Profile(WorkingHours("Europe/Berlin", (Weekday.TUE,))))
    it.kept = frozenset({date(2026, 12, 1)})
    it.writes("lesser", sen)
    it.writes("digest", sen, feature=Feature.SENSEI_DIGEST)
    assert sorted(it.pumps()) == ["done", "put_off"]
    it.clock += timedelta(minutes=31)
    it.pumps()
    assert it.waits_until("lesser") == "Tue 08 09:00"
    it.kept = frozenset({date(2026, 12, 8)})
    it.clock = TUESDAY + 7 * DAY
    assert it.pumps() == ["done"]
    assert it.taken(sen) == {"Tue": "handover"}


def test_of_those_that_wait_the_one_that_has_waited_longest_comes_first(it: Budgeted, sen: str) -> None:
    with it.store.begin() as tx:
        tx.unprompted.take(sen, date(2026, 12, 1), Feature.RULINGS, "other")
        tx.unprompted.take(sen, date(2026, 12, 2), Feature.RULINGS, "other")
    it.writes("z", sen, feature=Feature.DEPUTY_NEWS)
    it.pumps()
    it.clock += DAY
    it.writes("a", sen)
    it.pumps()
    with it.store.read() as tx:
        waiting = tx.jobs.due(it.now() + 2 * DAY, 99)
    keys = [job.argument["key"] for job in waiting if job.argument.get("unprompted")]
    assert [key for key in keys if key.endswith(f":{it.number}")] == [f"z:{it.number}", f"a:{it.number}"]


def test_whoever_is_unknown_works_in_office_hours(it: Budgeted, sen: str) -> None:
    with it.store.read() as tx:
        nobody = find_free_moment(tx, "nobody", TUESDAY)
        theirs = find_free_moment(tx, sen, TUESDAY)
    assert (nobody, theirs) == (TUESDAY + DAY, TUESDAY + DAY - timedelta(hours=1))
