"""What a check-in does when its time has come: it frees its day if nothing comes, and waits for no ghost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from bot.domain.check_ins.records import CheckInState, Topic
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json, Steps
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.jobs.retry import GaveUpError
from tests.fakes.steps import Straight
from tests.workflows.check_ins.asked_weeks import AskedWeek, asked_week

WEDNESDAY = datetime(2026, 12, 2, 9, tzinfo=UTC)


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[AskedWeek]:
    with asked_week(own_engine) as made:
        made.clock = WEDNESDAY
        yield made


def due(it: AskedWeek, person: str) -> Json:
    member = it.one(person).member
    return {
        "enrolment": member.enrolment,
        "cohort": member.cohort,
        "person": person,
        "day": "2026-12-02",
        "asked_for": False,
        "waited": False,
    }


class Unreachable:
    """Asks at a host that doesn't answer for hours."""

    def __init__(self, it: AskedWeek, person: str) -> None:
        self.it, self.person = it, person

    def run(self, steps: Steps, argument: Json) -> Json:
        with self.it.store.read() as tx:
            assert tx.unprompted.taken(self.person, date(2026, 12, 2)) == Feature.CHECK_IN
        raise GaveUpError("topic.look failed 40 times")


def test_the_day_is_free_again_once_looking_was_given_up(it: AskedWeek) -> None:
    ada = it.enrols("Ada")
    workflow = CheckInWorkflow(Unreachable(it, ada), it.now, lambda *_: False)
    with pytest.raises(GaveUpError):
        workflow.run(Straight(it.store), due(it, ada))
    with it.store.read() as tx:
        assert tx.unprompted.taken(ada, date(2026, 12, 2)) is None


def test_a_check_in_that_was_disputed_holds_back_no_other(it: AskedWeek) -> None:
    ada = it.enrols("Ada")
    member, disputed = it.one(ada).member, it.asks("Ada", QuestionState.RESOLVED)
    with it.store.begin() as tx:
        made = tx.check_ins.add(
            member.enrolment,
            it.capstones["Ada"],
            date(2026, 11, 25),
            Topic.OPEN_QUESTION,
            disputed,
            False,
            it.now(),
        )
    assert it.runs("check_in", due(it, ada))["outcome"] == "asked"
    with it.store.read() as tx:
        known = tx.check_ins.get(made.id)
    assert known
    assert known.state is CheckInState.ANSWERED
