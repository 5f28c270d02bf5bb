"""Measure how long Slack waits for a running bot: eight people act at once while reviews are written.

``python -m benchmarks.chat [--rounds N] [--only NAME]``, two to four minutes: a cohort of 85 on SQLite and on
PostgreSQL, by HTTP and by Socket Mode. In each round, eight people each ask for their status, open a form,
send it, press a button and open their App Home, all eight at the same moment. Meanwhile there are always
three pull requests being read and published; a model answers at once. The table shows milliseconds (median,
p99 and longest) until Slack had the acknowledgement, or until the form was open, and how many
acknowledgements missed Slack's three seconds. The fakes run in this process, and use its processor.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from tests import databases
from tests.e2e.test_model_review import MODEL, READ
from tests.fakes.github.model import Pull
from tests.fakes.messages import KEY, Messages, Says
from tests.fakes.slack import Cuts, Fails, Hangs, Loses, Person, Slack
from tests.fakes.slack.delivering import Courier
from tests.fakes.slack.model import Attempt, Call, Delivery, Json
from tests.serving import CALL, Serving, serving

LEADS, SENSEIS, PARTICIPANTS = 1, 20, 64
AT_ONCE, READ_AT_ONCE = 8, 3
SLACK_SECONDS = 3.0
LONGEST_SECONDS = 30.0  # after which no further round begins, so that all four end within about four minutes
PAUSE_SECONDS = 0.1
NOTHING: dict[str, list[str]] = {name: [] for name in READ}


class Timed(Slack):
    """A workspace that notes how long each acknowledgement and form took, by what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.ack_seconds = 2 * SLACK_SECONDS  # so that what comes too late is still seen
        self.took: dict[str, list[float]] = defaultdict(list)
        self.missed: dict[str, int] = defaultdict(int)
        self.begun: dict[str, float] = {}
        self.courier = TimedCourier(self)

    def meet(self, call: Call) -> Fails | Loses | Cuts | Hangs | None:
        """Note when a form arrives, then go on."""
        if call.method == "views.open":
            begun = self.begun.pop(self.whose(call.args["trigger_id"]), None)
            if begun is not None:
                self.took["form open"].append(time.perf_counter() - begun)
        return super().meet(call)


class TimedCourier(Courier):
    """Brings things to the bot as ever, and notes how long it took until the bot had acknowledged them."""

    def attempt(self, delivery: Delivery, number: int) -> Attempt:
        """Try once more, and note the time of first tries."""
        slack, title = self._slack, title_of(delivery)
        assert isinstance(slack, Timed)
        begun = time.perf_counter()
        if title == "opening a form":
            slack.begun[delivery.payload["user_id"]] = begun
        made = super().attempt(delivery, number)
        if title and not number:
            took = time.perf_counter() - begun
            slack.took[title].append(took)
            slack.missed[title] += took > SLACK_SECONDS or not made.acknowledged
        return made


def title_of(delivery: Delivery) -> str:
    """Return what a person did; nothing for what nobody measures."""
    payload = delivery.payload
    if delivery.kind == "slash_commands":
        return {"status": "status", "profile": "opening a form"}.get(payload["text"], "")
    if delivery.kind == "events_api":
        return "opening the Home" if payload["event"]["type"] == "app_home_opened" else ""
    return {"block_actions": "a button", "view_submission": "sending a form"}[payload["type"]]


ROWS = (
    "status",
    "opening a form",
    "form open",
    "sending a form",
    "a button",
    "opening the Home",
)


class Dojo:
    """A bot with its workspace, whose people act. A pair's number is its participant's plus one."""

    def __init__(self, it: Serving, slack: Timed) -> None:
        self.it, self.slack = it, slack
        self.pairs: list[int] = []
        people = LEADS + SENSEIS + PARTICIPANTS
        self.people = [slack.person(f"Person {number}") for number in range(people)]
        self.senseis = self.people[LEADS : LEADS + SENSEIS]
        self.participants = self.people[LEADS + SENSEIS :]

    def fill(self) -> None:
        """Let everybody join, and give every participant an approved pair that their sensei may accept."""
        with open_store(self.it.environment["SENSEI_DATABASE_URL"]) as engine:
            store = SqlStore(engine, "github.com", now)
            with store.begin() as tx:
                cohort = tx.cohorts.by_name("dojo")
                assert cohort
                tx.cohorts.set_workspace(cohort.id, self.slack.team)
                made = {}
                for person in self.people:
                    known = tx.members.find_or_add_by_chat(
                        self.slack.team, person.id, person.account.name, now()
                    )
                    made[person.id] = known
                    member = tx.members.join(cohort.id, known, self.role_of(person), now())
                    tx.members.set_profile(member.enrolment, profile())
                proposal = tx.pairings.propose(cohort.id, "operator", now(), ())
                for number, participant in enumerate(self.participants):
                    pair = tx.pairings.add(
                        proposal.id,
                        made[participant.id],
                        made[self.sensei_of(number).id],
                        fit=1,
                        reasons=(),
                        at=now(),
                    )
                    tx.pairings.set_state(pair.id, PairState.APPROVED, now())
                    self.pairs.append(pair.id)

    def role_of(self, person: Person) -> CohortRole:
        """Return a person's role."""
        if person in self.participants:
            return CohortRole.PARTICIPANT
        return CohortRole.SENSEI if person in self.senseis else CohortRole.LEAD

    def sensei_of(self, participant: int) -> Person:
        """Return the sensei of the participant with this number."""
        return self.senseis[participant % SENSEIS]

    def status(self, number: int) -> None:
        """Ask for one's status."""
        self.person(number).command("/dojo status")

    def form(self, number: int) -> None:
        """Open a form, and send it a moment later."""
        person = self.person(number)
        if not person.command("/dojo profile").failed and person.modal:
            person.submit({"join.goals": f"to build {time.monotonic()}"})

    def button(self, number: int) -> None:
        """Accept a pair."""
        participant = number % PARTICIPANTS
        sensei, pair = self.sensei_of(participant), self.pairs[participant]
        sensei.click(self.offer(sensei, pair), "pairing.accept")

    def home(self, number: int) -> None:
        """Open one's Home."""
        self.person(number).opens_home()

    def person(self, number: int) -> Person:
        """Return who acts: everybody but the lead in turn."""
        return self.people[LEADS + number % (SENSEIS + PARTICIPANTS)]

    def offer(self, sensei: Person, pair: int) -> Json:
        """Return a message with a button, as the bot once sent it."""
        element = {
            "type": "button",
            "action_id": "pairing.accept",
            "value": str(pair),
            "text": {"type": "plain_text", "text": "Accept"},
        }
        with self.slack.lock:
            message: Json = {
                "type": "message",
                "user": self.slack.bot_user,
                "text": "A pair",
                "ts": self.slack.stamp(),
                "blocks": [{"type": "actions", "block_id": "offer", "elements": [element]}],
            }
            self.slack.channels[sensei.dm].messages.append(message)
        return message


def now() -> datetime:
    return datetime.now(UTC)


def profile() -> Profile:
    hours = WorkingHours("Europe/London")
    return Profile(hours, {"risk": 3}, ("anthropic",), goals="to build", capacity=PARTICIPANTS // SENSEIS + 1)


@contextmanager
def dojo(database: str, way: str) -> Iterator[Dojo]:
    """A bot with a model and people, on one of the databases, reached in one of the ways."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        model = stack.enter_context(Messages(lambda _: Says(NOTHING)))
        slack = stack.enter_context(Timed())
        by_http = way == "HTTP"
        secret = (
            {"slack_signing_secret": slack.signing_secret}
            if by_http
            else {"slack_app_token": slack.app_token}
        )
        url = stack.enter_context(databases.migrated()) if database == "PostgreSQL" else None
        it = stack.enter_context(
            serving(
                folder,
                url,
                model_provider="anthropic",
                model=MODEL,
                anthropic_api_key=KEY,
                model_base_url=model.url,
                slack_bot_token=slack.bot_token,
                slack_api_url=slack.api_url,
                **secret,
            )
        )
        it.enrol()
        made = Dojo(it, slack)
        made.fill()
        it.start(interpreter=True)
        if by_http:
            slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
        it.wait(lambda: it.readiness()["slack"] == "ready")
        it.settle()
        yield made


@contextmanager
def reviews(it: Serving) -> Iterator[list[int]]:
    """Keep pull requests being read until the block ends; yield how many were published, at the end."""
    over, published = threading.Event(), [0]

    def write() -> None:
        number, under_way = 0, list[Pull]()
        while not over.is_set():
            left = [pull for pull in under_way if not it.concluded(pull)]
            published[0] += len(under_way) - len(left)
            under_way = left
            if len(under_way) < READ_AT_ONCE:
                it.github.push(it.repository, f"busy-{number}", {f"part{number}.py": CALL.encode()})
                under_way.append(it.github.open_pull(it.repository, f"busy-{number}", it.ada))
                number += 1
            over.wait(0.05)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        it.wait(lambda: published[0] >= READ_AT_ONCE, 60)  # the first one clones
        yield published
    finally:
        over.set()
        thread.join()


def act(here: Dojo, rounds: int) -> None:
    """Let eight people act at the same moment, ``rounds`` times for each thing that they do."""
    together = threading.Barrier(AT_ONCE)
    until = time.monotonic() + LONGEST_SECONDS
    over = threading.Event()

    def person(first: int) -> None:
        try:
            for number in range(rounds):
                for do in (here.status, here.form, here.button, here.home):
                    if together.wait() == 0 and time.monotonic() > until:
                        over.set()
                    together.wait()
                    if over.is_set():
                        return
                    do(first * rounds + number)
                    time.sleep(PAUSE_SECONDS)
        except BaseException:
            together.abort()  # or the others would wait for ever
            raise

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(person, range(AT_ONCE)))
    here.slack.settle()


def row(took: list[float]) -> str:
    """Return a table's three figures."""
    if not took:
        return "- | - | -"
    ordered = sorted(took)
    p99 = statistics.quantiles(ordered, n=100)[98] if len(ordered) > 1 else ordered[0]
    shown = statistics.median(ordered), min(p99, ordered[-1]), ordered[-1]
    return " | ".join(f"{seconds * 1000:.0f}" for seconds in shown)


def measure(database: str, way: str, rounds: int) -> None:
    """Measure one database and way, and print its rows."""
    with databases.run(), dojo(database, way) as here:
        with reviews(here.it) as published:
            begun, before = time.perf_counter(), published[0]
            act(here, rounds)
            seconds, read = time.perf_counter() - begun, published[0] - before
        slack = here.slack
        said = {title: (slack.took[title], slack.missed.get(title, "-")) for title in ROWS}
        acknowledged = [took for title in slack.missed for took in slack.took[title]]
        said["**all acknowledgements**"] = acknowledged, sum(slack.missed.values())
        for title, (took, missed) in said.items():
            print(f"| {database} | {way} | {title} | {len(took)} | {row(took)} | {missed} |", flush=True)
        print(
            f"{database}, {way}: {read} reviews in {seconds:.0f} s, load {os.getloadavg()[0]:.1f}",
            file=sys.stderr,
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="how often each person does each thing")
    parser.add_argument("--only", default="", help="such as SQLite, or HTTP, or 'SQLite HTTP'")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors\n")
    print("| database | way | what | times | ms: median | p99 | longest | missed |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for database in ("SQLite", "PostgreSQL"):
        for way in ("HTTP", "Socket Mode"):
            if given.only in f"{database} {way}":
                measure(database, way, given.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
