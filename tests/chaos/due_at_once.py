"""Many check-ins that are due at the same moment, while ``sensei serve`` is killed again and again.

``python -m tests.chaos.due_at_once [--participants N] [--kills N] [--database NAME]`` prints what was
counted, on ``postgresql`` or ``sqlite``. Each participant must be asked once: one check-in, one question, one
message, one day taken.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pull_requests.records import Account
from bot.ports.store import Tx
from bot.workflows.check_ins.schedule import CheckInSchedule
from tests import databases
from tests.chaos.asking_alone import HEAD, PATH, QUOTE
from tests.domain.ledgers import movement
from tests.fakes.github import GitHub
from tests.serving import Serving

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
DUE = datetime(2026, 12, 2, 10, tzinfo=UTC)
"""When all are due; people work until five."""
HOST = "localhost"
_A_PAGE = 500
_SHORTEST, _LONGEST = 0.5, 6.0
"""Seconds after which a process that listens is killed, at least and at most."""


@dataclass
class Counts:
    """What was counted. ``wrong`` says for whom something isn't there exactly once."""

    participants: int
    kills: int = 0
    seconds: float = 0.0
    check_ins: int = 0
    questions: int = 0
    messages: int = 0
    days: int = 0
    dead: int = 0
    wrong: list[str] = field(default_factory=list)


def fill(store: SqlStore, participants: int) -> None:
    """Make a cohort whose participants each have one place to be asked about, and plan their check-ins."""
    for begin in range(0, participants, _A_PAGE):
        with store.begin() as tx:
            cohort = tx.cohorts.add("spring", MONDAY).id
            tx.cohorts.set_workspace(cohort, "T1")
            for number in range(begin, min(begin + _A_PAGE, participants)):
                enrol(tx, cohort, number)
    planned = CheckInSchedule(store, lambda: MONDAY).keep()
    assert planned == participants


def enrol(tx: Tx, cohort: int, number: int) -> tuple[str, int]:
    """Enrol a participant in London, with a capstone that has one place to ask about; return both."""
    account = Account(number + 1, f"p{number}")
    person = tx.members.find_or_add_by_chat("T1", f"U{number}", f"Participant {number}", MONDAY)
    member = tx.members.join(cohort, person, CohortRole.PARTICIPANT, MONDAY)
    tx.members.set_profile(member.enrolment, Profile(WorkingHours("Europe/London")))
    tx.members.prove(person, account, MONDAY)
    capstone = tx.capstones.add(
        cohort="spring",
        repository=number + 1,
        owner=account.login,
        name="desk",
        default_branch="main",
        installation=9,
        participant=account,
        sensei=None,
        publish=None,
        at=MONDAY,
    )
    shown = movement("security.3", quotes=(QUOTE,), path=PATH, line=2, commit=HEAD)
    tx.ledgers.record(capstone.id, "baseline", [shown], pending=False)
    return person, capstone.id


class Killed(Serving):
    """The service, which dies."""

    posted: Path
    begins: float

    def serve(self) -> None:
        """Start the service as a process group of its own, and wait until it listens."""
        offset = (DUE - datetime.now(UTC)).total_seconds() + time.monotonic() - self.begins
        command = [sys.executable, "-m", "tests.chaos.asking_alone", str(self.posted), str(offset), "serve"]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait(self.listens)

    def kill(self) -> None:
        """Kill the process and its children."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def count(self, query: str) -> int:
        with self.database.connect() as connection:
            return int(connection.execute(sa.text(query)).scalar_one())

    def lines(self) -> list[str]:
        """Return the messages that were posted."""
        return self.posted.read_text().splitlines() if self.posted.exists() else []


def run(folder: Path, url: str | None, participants: int, kills: int, seed: int = 22) -> Counts:
    """Let all be asked while the service is killed, and count."""
    chance, counts = random.Random(seed), Counts(participants)
    with GitHub() as github:
        it = Killed(github, folder, url)
        it.posted, it.begins = folder / "posted", time.monotonic()
        with open_store(it.environment["SENSEI_DATABASE_URL"]) as database:
            fill(SqlStore(database, HOST, lambda: MONDAY), participants)
        it.begins = time.monotonic()
        try:
            for _ in range(kills):
                it.serve()
                time.sleep(chance.uniform(_SHORTEST, _LONGEST))
                it.kill()
                counts.kills += 1
            it.serve()
            # A process whose work was killed often may set some aside; they are let go on after a while.
            it.wait(lambda: len(it.lines()) >= participants, 120 + participants)
            it.wait(lambda: it.count(_GOING_ON[url is None]) == 0, 120)
            counts.seconds = time.monotonic() - it.begins
            _count(it, counts, url is None)
        finally:
            it.kill()
            it.database.dispose()
    return counts


_GOING_ON = {
    is_file: f"SELECT count(*) FROM {'' if is_file else 'dbos.'}workflow_status "
    "WHERE status IN ('PENDING', 'ENQUEUED') AND name IN ('check_in', 'message')"
    for is_file in (True, False)
}


def _count(it: Killed, counts: Counts, is_file: bool) -> None:
    counts.check_ins = it.count("SELECT count(*) FROM check_in")
    counts.questions = it.count("SELECT count(*) FROM question")
    counts.days = it.count("SELECT count(*) FROM unprompted_message")
    lines = it.lines()
    counts.messages = len(lines)
    counts.dead = it.count(
        f"SELECT count(*) FROM {'' if is_file else 'dbos.'}workflow_status "
        "WHERE status IN ('ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') AND was_forked_from = FALSE"
    )
    counts.wrong += _find_wrong(lines, counts.participants)
    asked = it.count("SELECT count(DISTINCT enrolment_id) FROM check_in")
    if asked != counts.participants:
        counts.wrong.append(f"{asked} of {counts.participants} participants have a check-in")


def _find_wrong(lines: list[str], participants: int) -> Iterator[str]:
    told = Counter(line.partition("\t")[0] for line in lines)
    for number in range(participants):
        if told[f"U{number}"] != 1:
            yield f"U{number} got {told[f'U{number}']} messages"
    for line, times in Counter(lines).items():
        if times > 1:
            yield f"{line!r} was posted {times} times"


@contextmanager
def opened(kind: str) -> Iterator[str | None]:
    """Yield the address of a database, or None for a file of its own."""
    if kind == "sqlite":
        yield None
        return
    with databases.migrated() as url:
        yield url


def main() -> None:
    """Count, and print it; exit with 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    options = parser.parse_args()
    with databases.run(), tempfile.TemporaryDirectory() as folder, opened(options.database) as url:
        counts = run(Path(folder), url, options.participants, options.kills)
    for name, value in vars(counts).items():
        sys.stdout.write(f"{name}: {value[:10] if isinstance(value, list) else value}\n")
    sys.exit(bool(counts.wrong))


if __name__ == "__main__":
    main()
