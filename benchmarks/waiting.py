"""Measure how long people wait for status and App Homes while other transactions write.

``python -m benchmarks.waiting [--looks N]``: a cohort of 200, on SQLite and on PostgreSQL, in this process.
One table of milliseconds (median, p99 and longest) for ``/dojo status`` and for an App Home: alone; during
transactions of five seconds each, half a second apart; and for eight people at once during short ones, 20 ms
apart. Slack waits three seconds for an answer. A failed request counts with the time it took.
"""

import argparse
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.errors import TransientError
from bot.ports.chat import Urgency, View
from bot.workflows.chat.features import Features
from bot.workflows.chat.intake import ChatIntake
from bot.workflows.dojo import basic_commands
from bot.workflows.dojo.app_home import HomePublisher
from tests import databases

TEAM, WEB = "T0DOJO", "https://github.example"
SENSEIS, PARTICIPANTS = 40, 160
HELD_SECONDS, PAUSE_SECONDS, SHORT_PAUSE_SECONDS = 5.0, 0.5, 0.02
AT_ONCE = 8

Look = Callable[[int], object]
"""Shows something to the person with this number."""


class Published:
    """A chat that accepts App Homes and stores nothing."""

    def publish_home(self, user: str, view: View, urgency: Urgency) -> None:
        """Accept a Home."""


@dataclass
class Cohort:
    """A cohort with pairs, and what its people can look at."""

    store: SqlStore
    people: list[str]

    def status(self, number: int) -> object:
        """Answer ``/dojo status``."""
        intake = ChatIntake(
            Features([basic_commands.feature(WEB)]),
            self.store,
            cast("Any", None),
            cast("Any", None),
            here,
            now,
        )
        body = {"team_id": TEAM, "user_id": f"U{number}", "command": "/dojo", "text": "status"}
        answer = intake.command(body)
        assert answer.message, answer
        return answer

    def home(self, number: int) -> object:
        """Publish an App Home. Sensei reads its rows twice."""
        homes = HomePublisher(cast("Any", Published()), self.store, WEB, now)
        return homes._publish({"person": self.people[number]})  # without the workflow's retries

    def write(self, number: int) -> None:
        """Change a row as an import does."""
        with self.store.begin() as tx:
            [member] = tx.members.roles(self.people[number])
            tx.members.set_profile(member.enrolment, profile(f"goal {time.monotonic()}"))
        time.sleep(SHORT_PAUSE_SECONDS)


def now() -> datetime:
    return datetime.now(UTC)


def here() -> str:
    return TEAM


def profile(goals: str) -> Profile:
    return Profile(WorkingHours("Europe/London"), goals=goals, capacity=PARTICIPANTS // SENSEIS)


@contextmanager
def cohort(kind: str) -> Iterator[Cohort]:
    """Create the cohort in one of the databases."""
    with tempfile.TemporaryDirectory() as folder, databases.opened(kind, Path(folder)) as engine:
        store = SqlStore(engine, "github.com", now)
        with store.begin() as tx:
            made = tx.cohorts.add("dojo", now()).id
            tx.cohorts.set_workspace(made, TEAM)
            people = []
            for number in range(SENSEIS + PARTICIPANTS):
                role = CohortRole.SENSEI if number < SENSEIS else CohortRole.PARTICIPANT
                people.append(tx.members.find_or_add_by_chat(TEAM, f"U{number}", f"Person {number}", now()))
                member = tx.members.join(made, people[-1], role, now())
                tx.members.set_profile(member.enrolment, profile("to build"))
            proposal = tx.pairings.propose(made, "operator", now(), ())
            for number, participant in enumerate(people[SENSEIS:]):
                sensei = people[number % SENSEIS]
                pair = tx.pairings.add(proposal.id, participant, sensei, fit=1, reasons=(), at=now())
                tx.pairings.set_state(pair.id, PairState.ACTIVE, now())
        yield Cohort(store, people)


@contextmanager
def writing(write: Callable[[int], object]) -> Iterator[None]:
    """Write in another thread until the block ends."""
    over, begun = threading.Event(), threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            write(number % (SENSEIS + PARTICIPANTS))
            number += 1
            begun.set()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()


def hold(it: Cohort) -> Callable[[int], object]:
    """Return a transaction that writes, and holds its turn for five seconds."""
    first = True

    def write(_number: int) -> None:
        nonlocal first
        with it.store.begin() as tx:
            tx.audit("operator", "benchmark", "benchmark")
            time.sleep(0 if first else HELD_SECONDS)
            first = False
        time.sleep(PAUSE_SECONDS)

    return write


def measure(look: Look, looks: int, at_once: int) -> list[float]:
    """Let ``at_once`` people look ``looks`` times each; return the seconds that each look took."""
    took: list[float] = []
    together = threading.Barrier(at_once)

    def person(first: int) -> None:
        together.wait()
        for number in range(looks):
            begun = time.perf_counter()
            with suppress(TransientError):  # after waiting for half a minute
                look(SENSEIS + (first * looks + number) % PARTICIPANTS)
            took.append(time.perf_counter() - begun)
            time.sleep(0.05)  # people pause between two looks

    threads = [threading.Thread(target=person, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == looks * at_once, "a look failed"
    return took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=25, help="how often each person looks")
    looks = parser.parse_args().looks
    print(f"{looks} looks per person, Python {platform.python_version()}, {platform.machine()}\n")
    print("| database | meanwhile | people at once | looks at | ms: median | p99 | longest |")
    print("| --- | --- | ---: | --- | ---: | ---: | ---: |")
    for kind, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        with databases.run(), cohort(kind) as it:
            for beside, people in (
                ("nothing", 1),
                (f"turns of {HELD_SECONDS:g} s", 1),
                ("short turns", AT_ONCE),
            ):
                for title, look in (("status", it.status), ("Home", it.home)):
                    write = {"short turns": it.write, "nothing": lambda _: time.sleep(0.1)}.get(
                        beside, hold(it)
                    )
                    with writing(write):
                        took = sorted(measure(look, looks, people))
                    p99 = statistics.quantiles(took, n=100)[98] if len(took) > 1 else took[0]
                    figures = " | ".join(
                        f"{seconds * 1000:.0f}"
                        for seconds in (statistics.median(took), min(p99, took[-1]), took[-1])
                    )
                    print(f"| {name} | {beside} | {people} | {title} | {figures} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
