"""Measure check-ins that are due at the same moment: planning them, deciding about each, and asking.

``python -m benchmarks.check_ins [--sizes N,N,N] [--runs N] [--asked N] [--decided N] [--only NAME]``: cohorts
of 100, 1,000 and 10,000 participants with a capstone, evidence for one gate criterion and one confirmed
decision of long ago, on SQLite and on PostgreSQL. Each is asked on Wednesday at 10:00. One row for each size
and database:

- seconds (the median of the runs) for planning all check-ins for the first time, for looking once more when
  nothing is to be changed, and for deciding about all once they are due, one after the other, each in its own
  transaction. There, ``Noting`` only stores that somebody was asked.
- for the first ``--asked`` of them, the whole: deciding, choosing the place, looking for it in the code,
  wording the question without a model, storing it, and writing and sending its message. Milliseconds for one
  (median, 99th percentile, and of this process's processor), statements for one (median), and from their mean
  the seconds for all.

Left out are what waits for others: the code host, the clone, the model, and Slack with its limits, which the
fakes answer at once; and the engine's own records of steps (``tests/chaos/due_at_once.py`` has these too).

Each participant must be ``asked`` exactly once: the run fails otherwise. With ``--decided``, at most so many
of a large cohort are decided about, and the seconds for all are worked out from theirs.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.adapters.files import prompts, rubrics
from bot.bootstrap.chat import assemble_features
from bot.bootstrap.dojo import make_vocabulary
from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.records import Topic
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import Capstone
from bot.domain.rubrics.rubric import Library
from bot.ports.code_host import HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.metrics import NoMetrics
from bot.ports.store import Tx
from bot.workflows.chat.outbox import Outbox
from bot.workflows.check_ins.asking import CheckInAsking
from bot.workflows.check_ins.question_wording import QuestionWording
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.check_ins.schedule import CheckInSchedule
from bot.workflows.check_ins.topic_rows import TopicRows
from bot.workflows.digest.kept_days import KeptDays
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests import databases
from tests.chaos.asking_alone import HEAD, FileChat, Reader
from tests.chaos.due_at_once import enrol
from tests.fakes.steps import Straight

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 2, 10, 30, tzinfo=UTC)
_A_PAGE = 500


@dataclass
class Clock:
    """The time of a run."""

    moment: datetime = MONDAY

    def now(self) -> datetime:
        return self.moment


@dataclass(frozen=True)
class Noting:
    """Stores that a check-in was asked, and nothing else."""

    clock: Clock

    def run(self, steps: Steps, argument: Json) -> Json:
        return steps.tx("ask", lambda tx: self._ask(tx, argument))

    def _ask(self, tx: Tx, argument: Json) -> Json:
        enrolment, day = argument["enrolment"], date.fromisoformat(argument["day"])
        [capstone] = tx.capstones.by_participant(tx.members.get(enrolment).person)
        tx.check_ins.add(enrolment, capstone.id, day, Topic.CHANGE, None, False, self.clock.now())
        return {"outcome": "asked"}


@dataclass
class Costs:
    """What a run took, in seconds. ``each`` and ``statements`` are by participant who was really asked.

    ``processor`` is what asking these took of this process's processor.
    """

    planned: float = 0.0
    looked: float = 0.0
    decided: float = 0.0
    processor: float = 0.0
    each: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)


def fill(store: SqlStore, participants: int) -> None:
    """Make a cohort of participants, some hundreds in one transaction."""
    for begin in range(0, participants, _A_PAGE):
        with store.begin() as tx:
            cohort = tx.cohorts.add("spring", MONDAY).id
            for number in range(begin, min(begin + _A_PAGE, participants)):
                _enrol(tx, cohort, number)


def _enrol(tx: Tx, cohort: int, number: int) -> None:
    person, capstone = enrol(tx, cohort, number)
    long_ago = datetime(2026, 10, 1, tzinfo=UTC)
    made = tx.decisions.add(
        capstone,
        person=person,
        origin=DecisionOrigin.CHAT,
        question=None,
        check=None,
        private=True,
        title="Postgres",
        texts={Slot.DECIDED: "Postgres."},
        anchors=(),
        supersedes=None,
        by=RevisedBy.PARTICIPANT,
        at=long_ago,
    )
    tx.decisions.set_state(made.id, DecisionState.CONFIRMED, long_ago)


@dataclass(frozen=True)
class SameCode:
    """A code host in which every repository has the same code."""

    def repository(self, capstone: Capstone) -> HostRepository:
        return HostRepository(capstone.repository, capstone.owner, capstone.name, "main", "", 9, 1)

    def branch_head(self, _repository: HostRepository, _branch: str) -> str:
        return HEAD

    def git_token(self, _repository: HostRepository) -> str:
        return ""


@dataclass(frozen=True)
class Asker:
    """Asks one participant after the other, as the workflows do."""

    store: SqlStore
    clock: Clock
    asking: CheckInWorkflow
    outbox: Outbox

    def ask(self, job: Job) -> str:
        """Decide, ask, and send what follows; return the outcome."""
        outcome: str = self.asking.run(Straight(self.store), job.argument)["outcome"]
        with self.store.read() as tx:
            due = [job for job in tx.jobs.due(self.clock.now(), _A_PAGE) if job.kind == "message"]
        for message in due:
            with self.store.begin() as tx:
                tx.jobs.mark_begun(message.id, self.clock.now())
            self.outbox.message(Straight(self.store), message.argument)
        return outcome


def make_asker(store: SqlStore, clock: Clock, library: Library, posted: Path) -> Asker:
    """Return what asks, with everything but what is outside."""
    ledgers = LedgerLoader(library)
    prompt, version = prompts.load("check_ins/question"), library.rubric.version
    wording = QuestionWording(prompt, lambda _repository: nullcontext(None), version, NoMetrics())
    host: Any = SameCode()
    asking = CheckInAsking(host, store, Reader(), TopicRows(ledgers), wording, clock.now)
    kept = KeptDays(clock.now).is_kept
    features = assemble_features(
        "https://github.com", lambda: make_vocabulary(library), load_ledgers=lambda: ledgers
    )
    chat: Any = FileChat(posted)
    outbox = Outbox(chat, store, features.words, clock.now, kept)
    return Asker(store, clock, CheckInWorkflow(asking, clock.now, kept), outbox)


def measure(  # noqa: PLR0913, PLR0917 - a size, and where it is measured
    engine: sa.Engine, participants: int, asked: int, decided: int, library: Library, posted: Path
) -> Costs:
    """Plan all check-ins, and decide about ``decided`` once they are due. Of these, ``asked`` are asked."""
    clock, costs = Clock(), Costs()
    store = SqlStore(engine, "github.com", clock.now)
    fill(store, participants)
    schedule = CheckInSchedule(store, clock.now)
    noting = CheckInWorkflow(Noting(clock), clock.now, KeptDays(clock.now).is_kept)
    costs.planned = _time(lambda: _expect(schedule.keep(), participants))
    costs.looked = _time(lambda: _expect(schedule.keep(), 0))
    clock.moment = WEDNESDAY
    with store.begin() as tx:
        due = tx.jobs.due(clock.now(), 2 * participants)
        due = [job for job in due if job.kind == "check_in"]
        for job in due:
            tx.jobs.mark_begun(job.id, clock.now())
    _expect(len(due), participants)
    outcomes = Counter[str]()
    _ask_some(engine, make_asker(store, clock, library, posted), due[:asked], costs, outcomes)
    began = time.perf_counter()
    for job in due[asked:decided]:
        outcomes[noting.run(Straight(store), job.argument)["outcome"]] += 1
    costs.decided = (time.perf_counter() - began) * participants / max(1, decided - asked)
    _expect(outcomes["asked"], decided)
    with store.read() as tx:
        _expect(len(tx.check_ins.asked()), decided)
    _expect(len(posted.read_text().splitlines()), asked)
    return costs


def _ask_some(
    engine: sa.Engine, asker: Asker, jobs: Sequence[Job], costs: Costs, outcomes: Counter[str]
) -> None:
    """Ask participants one after the other, and note what each takes."""
    sent = [0]

    def count(*event: object) -> None:
        sent[0] += not str(event[2]).startswith(("PRAGMA", "BEGIN"))

    sa.event.listen(engine, "before_cursor_execute", count)
    processor = time.process_time()
    for job in jobs:
        start, before = time.perf_counter(), sent[0]
        outcomes[asker.ask(job)] += 1
        costs.each.append(time.perf_counter() - start)
        costs.statements.append(sent[0] - before)
    costs.processor = time.process_time() - processor
    sa.event.remove(engine, "before_cursor_execute", count)


def _time(do: object) -> float:
    began = time.perf_counter()
    assert callable(do)
    do()
    return time.perf_counter() - began


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} instead of {wanted}")


def _print_row(kind: str, participants: int, runs: Sequence[Costs]) -> None:
    each = sorted(second for run in runs for second in run.each)
    middle, slow = statistics.median(each) * 1000, each[int(len(each) * 0.99)] * 1000
    seconds = [
        statistics.median(getattr(run, name) for run in runs) for name in ("planned", "looked", "decided")
    ]
    whole = statistics.mean(each) * participants
    processor = sum(run.processor for run in runs) / len(each) * 1000
    print(
        f"{kind:<12}{participants:>8}{''.join(f'{number:>9.2f}' for number in seconds)}"
        f"{middle:>9.1f}{slow:>9.1f}{processor:>9.1f}{statistics.median(runs[0].statements):>8.0f}{whole:>9.1f}",
        flush=True,
    )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--asked", type=int, default=50)
    parser.add_argument("--decided", type=int, default=10_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    print(f"{options.runs} runs each, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}")
    print(
        f"{'database':<12}{'people':>8}{'plan s':>9}{'look s':>9}{'decide s':>9}"
        f"{'ask ms':>9}{'p99':>9}{'cpu ms':>9}{'stmts':>8}{'all s':>9}"
    )
    library, asked = rubrics.load("capstone"), options.asked
    with databases.run(), tempfile.TemporaryDirectory() as folder:
        for kind in ("sqlite", "postgresql"):
            if options.only not in {None, kind}:
                continue
            for participants in map(int, options.sizes.split(",")):
                runs = []
                for number in range(options.runs):
                    place = Path(folder) / f"{kind}-{participants}-{number}"
                    place.mkdir()
                    with databases.opened(kind, place) as engine:
                        decided = min(options.decided, participants)
                        posted = place / "posted"
                        runs.append(
                            measure(engine, participants, min(asked, decided), decided, library, posted)
                        )
                _print_row(kind, participants, runs)


if __name__ == "__main__":
    main()
