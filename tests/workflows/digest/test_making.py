"""A digest is made once, from keys alone, and sent once, whatever happens in between."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.dojo.people import EnrolmentState, WorkingHours
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json, Steps
from bot.workflows.digest.picture_content import picture_blocks
from bot.workflows.digest.pictures import Pictures
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.fakes.steps import Recorded
from tests.workflows.digest.weeks import MONDAY, SENSEI, Week
from tests.workflows.shop import LIBRARY


@pytest.fixture
def sen(it: Week) -> str:
    found = it.joins("Sen", SENSEI)
    it.enrols("Ada", found)
    it.asks("Ada", QuestionState.DISPUTED)
    return found


def argument(it: Week, person: str, week: str = "2026-W49") -> Json:
    return {"cohort": it.id, "person": person, "role": "sensei", "week": week}


def test_what_is_stored_of_a_digest_are_keys(it: Week, sen: str) -> None:
    assert it.runs("digest", argument(it, sen)) == {"outcome": "sent"}
    with it.store.read() as tx:
        [made] = tx.digests.recent(sen, "sensei", it.now() - timedelta(days=1))
    assert made.rows == (f"dispute:{it.capstones['Ada']}",)
    it.pumps()
    [said] = it.heard(sen)
    assert "1. Ada · 1 dispute to decide" in said
    with it.engine.connect() as connection:
        jobs = str(connection.execute(sa.text("SELECT argument FROM job")).all())
    assert "dispute" not in jobs
    assert "Ada" not in jobs


def test_making_it_again_changes_nothing(it: Week, sen: str) -> None:
    for _ in range(2):
        it.runs("digest", argument(it, sen))
        it.pumps()
    assert len(it.heard(sen)) == 1


@pytest.mark.parametrize("step", ["choose", "make", "send"])
def test_a_crash_before_a_step_repeats_nothing(it: Week, sen: str, step: str) -> None:
    steps = Recorded(it.store)

    def die() -> None:
        raise KeyboardInterrupt

    steps.before[step] = die
    with pytest.raises(KeyboardInterrupt):
        it.runs("digest", argument(it, sen), steps)
    steps.again()
    assert it.runs("digest", argument(it, sen), steps) == {"outcome": "sent"}
    it.pumps()
    assert len(it.heard(sen)) == 1


def test_a_crash_that_lasts_into_the_night_sends_it_in_the_morning(it: Week, sen: str) -> None:
    steps = Recorded(it.store)

    def sleep() -> None:
        it.clock = datetime(2026, 12, 1, 1, tzinfo=UTC)

    steps.before["send"] = sleep
    it.runs("digest", argument(it, sen), steps)
    assert it.pumps() == []
    it.clock = datetime(2026, 12, 1, 8, tzinfo=UTC)
    it.pumps()
    assert len(it.heard(sen)) == 1


def test_a_crash_that_lasts_into_the_next_week_sends_nothing_so_that_monday_has_one_digest(
    it: Week, sen: str
) -> None:
    steps = Recorded(it.store)

    def sleep() -> None:
        it.clock = datetime(2026, 12, 5, 8, tzinfo=UTC)  # a Saturday

    it.clock = datetime(2026, 12, 4, 15, tzinfo=UTC)
    steps.before["send"] = sleep
    assert it.runs("digest", argument(it, sen), steps) == {"outcome": "late"}
    it.lives(datetime(2026, 12, 8, tzinfo=UTC), step=timedelta(hours=1))
    assert len(it.heard(sen)) == 1
    with it.store.read() as tx:
        assert [made.week for made in tx.digests.recent(sen, "sensei", MONDAY)] == ["2026-W49", "2026-W50"]


def test_a_message_that_cannot_be_sent_in_its_week_is_never_sent(it: Week, sen: str) -> None:
    it.clock = datetime(2026, 12, 4, 15, tzinfo=UTC)
    it.runs("digest", argument(it, sen))
    it.clock = datetime(2026, 12, 7, 7, 30, tzinfo=UTC)  # Slack could not be reached all weekend
    it.lives(datetime(2026, 12, 8, tzinfo=UTC), step=timedelta(hours=1))
    assert len(it.heard(sen)) == 1


@pytest.mark.parametrize("state", [EnrolmentState.LEFT, EnrolmentState.PAUSED])
def test_whoever_stops_between_making_and_sending_hears_nothing(
    it: Week, sen: str, state: EnrolmentState
) -> None:
    it.runs("digest", argument(it, sen))
    with it.store.begin() as tx:
        [member] = tx.members.roles(sen)
        tx.members.set_state(member.enrolment, state)
    it.pumps()
    assert it.heard(sen) == []


def test_hours_that_changed_at_the_last_moment_put_it_back(it: Week, sen: str) -> None:
    it.works(sen, WorkingHours("Europe/Berlin", begins=15 * 60))
    assert it.runs("digest", argument(it, sen)) == {"outcome": "later"}
    it.clock = datetime(2026, 11, 30, 14, tzinfo=UTC)
    it.pumps()
    assert len(it.heard(sen)) == 1


def test_nothing_is_made_too_late_or_for_someone_who_is_away(it: Week, sen: str) -> None:
    assert it.runs("digest", argument(it, sen, "2026-W48")) == {"outcome": "late"}
    it.goes_away(sen, date(2026, 11, 29), date(2026, 12, 9))
    assert it.runs("digest", argument(it, sen)) == {"outcome": "late"}


def test_it_needs_a_sensei_with_a_participant(it: Week, sen: str) -> None:
    sol = it.joins("Sol", SENSEI)
    assert it.runs("digest", argument(it, sol)) == {"outcome": "not_needed"}
    assert it.runs("digest", argument(it, "nobody")) == {"outcome": "not_needed"}
    assert it.runs("digest", argument(it, sen) | {"role": "lead"}) == {"outcome": "not_needed"}


def test_an_empty_week_is_one_line(it: Week) -> None:
    sol = it.joins("Sol", SENSEI)
    it.enrols("Ben", sol)
    it.runs("digest", argument(it, sol))
    it.pumps()
    [said] = it.heard(sol)
    assert said == "Nothing is waiting for you this week, and nobody seems to need help."


def test_the_picture_is_stored_before_the_digest_is_sent(it: Week, sen: str) -> None:
    drawn: list[int] = []

    def make(_steps: Steps, digest: int) -> str:
        drawn.append(digest)
        return "F012345678"

    it.picture = make
    it.runs("digest", argument(it, sen))
    with it.store.read() as tx:
        made = tx.digests.find(drawn[0])
    assert made
    assert made.picture == "F012345678"


def test_a_digest_with_its_picture_arrives(it: Week, sen: str) -> None:
    pictures = Pictures(it.chat, it.store, lambda: LedgerLoader(LIBRARY), it.now)
    it.picture = pictures.make
    it.digests = replace(it.digests, show_picture=lambda tx, made: picture_blocks(tx, LIBRARY.rubric, made))
    it.messaging.words["digest.sensei"] = it.digests.write  # type: ignore[index]
    assert it.runs("digest", argument(it, sen)) == {"outcome": "sent"}
    it.pumps()
    [said] = it.heard(sen)
    assert "1. Ada · 1 dispute to decide" in said
    assert "[picture: Evidence for 1 participant, by criterion, over" in said
