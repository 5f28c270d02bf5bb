"""While Slack rejects the token, everything waits; then it goes out once and in order."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog

from bot.adapters import slack as adapter
from bot.adapters.engine.dbos import TALKING_WORKFLOWS
from bot.domain.dojo.people import CohortRole
from bot.ports.engine import Json
from bot.workflows.chat.home_refresh import refresh_home, refresh_user_home
from bot.workflows.chat.outbox import Outbox, rewrite_message
from bot.workflows.chat.token_watch import PROBE_SECONDS, TokenWatch
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests.event_handling import EventHandler
from tests.fakes.slack import Loses, Slack
from tests.fakes.steps import Straight
from tests.workflows.slacked import GREETING, WEB, Cohort


@dataclass
class Direct:
    """An engine that runs each workflow to its end when it gets it, and each id only once."""

    workflows: dict[str, Callable[[Straight, Json], Json]]
    steps: Straight
    ran: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)

    def run(self, name: str, id_: str, argument: Json) -> None:
        if id_ in self.ran:
            return
        self.ran.append(id_)
        try:
            self.workflows[name](self.steps, argument)
        except Exception as failed:  # noqa: BLE001 - it becomes a dead letter
            self.given_up.append(f"{id_}: {failed}")

    def going_on(self, names: Sequence[str] | None = None) -> Sequence[str]:
        return []


@dataclass
class Sending:
    """A process that sends what is due, and a clock that tests move."""

    cohort: Cohort
    monotonic: float = 0.0

    def __post_init__(self) -> None:
        it = self.cohort
        chat = adapter.connect(it.slack.bot_token, it.slack.api_url)
        outbox = Outbox(chat, it.store, it.messaging.words, it.now)
        homes = HomePublisher(chat, it.store, WEB, it.now)
        work = {"message": outbox.message, "rewrite": outbox.rewrite, "home": homes.home}
        self.engine = Direct(work, Straight(it.store))  # type: ignore[arg-type]
        self.watch = TokenWatch(chat, lambda: self.monotonic)
        inbox = EventHandler(it.now, 0)
        self.pump = JobDispatcher(it.store, self.engine, inbox, it.now, held=self.held)  # type: ignore[arg-type]

    def held(self) -> frozenset[str]:
        return TALKING_WORKFLOWS if self.watch.is_paused() else frozenset()

    def turn(self) -> list[str]:
        """Let some seconds pass, and everything that may start run; return what was logged."""
        self.cohort.clock += timedelta(seconds=5)
        with structlog.testing.capture_logs() as logs:
            while self.pump.pump():
                pass
            self.watch.look()
        return [entry["event"] for entry in logs if entry["event"].startswith("slack.")]

    def waiting(self) -> Counter[str]:
        """The kinds of jobs that have not begun."""
        with self.cohort.store.begin() as tx:
            due = tx.jobs.due(self.cohort.now() + timedelta(days=1), 1000)
        return Counter(job.kind for job in due)


@pytest.fixture(name="it")
def a_process(own_engine: sa.Engine) -> Iterator[Sending]:
    with Slack() as slack:
        yield Sending(Cohort(own_engine, slack))


def greet(it: Sending, person: str, *keys: str) -> None:
    for key in keys:
        it.cohort.clock += timedelta(seconds=1)
        it.cohort.sends(f"{key}:{person}", person)


def keys(it: Sending, person: str) -> list[str]:
    """Which messages a person got, in order."""
    found = [m["metadata"]["event_payload"]["key"] for m in it.cohort.accounts[person].messages]
    return [key.removeprefix("message:").partition(":")[0] for key in found]


def test_messages_wait_while_the_token_is_revoked_and_then_go_out_once_in_order(it: Sending) -> None:
    people = [it.cohort.joins(f"P{n}", CohortRole.PARTICIPANT) for n in range(4)]
    greet(it, people[0], "before")
    it.turn()
    with it.cohort.store.begin() as tx:
        rewrite_message(
            tx, f"before:{people[0]}:{it.cohort.number}", GREETING, {"to": [people[0]]}, it.cohort.now()
        )
        refresh_home(tx, people[1], it.cohort.now())
        refresh_user_home(tx, it.cohort.slack.team, "U0STRANGER", it.cohort.now())
        tx.members.set_name(people[0], "Countess")
    for person in people:
        greet(it, person, "first", "second")
    it.cohort.slack.revoke()
    made = len(it.cohort.slack.calls)
    assert it.turn() == ["slack.paused"]
    greet(it, people[0], "third")
    for _ in range(3):
        assert it.turn() == []
    assert len(it.cohort.slack.calls) == made + 1, "one request was rejected; none was made after it"
    assert it.waiting() == {"message": 9, "rewrite": 1, "home": 2}
    it.monotonic += PROBE_SECONDS
    assert it.turn() == ["slack.still_paused"]
    it.cohort.slack.refused.clear()
    it.monotonic += PROBE_SECONDS
    assert it.turn() == ["slack.resumed"]
    it.cohort.slack.person("Stranger", id="U0STRANGER")
    it.turn()
    it.turn()  # at most two messages to one person go out at a time
    assert it.waiting() == {}
    assert keys(it, people[0]) == ["before", "first", "second", "third"]
    assert [keys(it, person) for person in people[1:]] == [["first", "second"]] * 3
    assert it.cohort.accounts[people[0]].messages[0]["text"] == "Hello Countess"
    assert it.cohort.accounts[people[1]].home
    assert "U0STRANGER" in it.cohort.slack.homes
    assert it.engine.given_up == []


def test_a_process_that_starts_with_a_new_token_sends_what_waits(it: Sending) -> None:
    ada = it.cohort.joins("Ada", CohortRole.PARTICIPANT)
    greet(it, ada, "first", "second")
    it.cohort.slack.uninstall()
    it.turn()
    assert it.engine.given_up == []
    it.cohort.slack.bot_token = "xoxb-another"
    after = Sending(it.cohort)
    after.engine.ran.extend(it.engine.ran)  # the engine's records outlive the process
    after.turn()
    after.turn()
    assert keys(it, ada) == ["first", "second"]
    assert after.waiting() == {}


def test_a_message_whose_answer_was_lost_before_the_pause_is_not_sent_again(it: Sending) -> None:
    ada = it.cohort.joins("Ada", CohortRole.PARTICIPANT)
    greet(it, ada, "first")
    it.cohort.slack.fault(Loses(), "chat.postMessage")
    it.engine.steps.before["post#1"] = it.cohort.slack.revoke  # just after it was posted
    it.turn()
    assert it.waiting() == {"message": 1}
    it.cohort.clock += timedelta(hours=5)
    it.cohort.slack.refused.clear()
    it.monotonic += PROBE_SECONDS
    it.turn()
    it.turn()
    assert keys(it, ada) == ["first"]
    assert it.waiting() == {}
