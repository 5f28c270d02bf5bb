"""Measure check-ins that are due at the same moment: planning them, and deciding about each.

``python -m benchmarks.check_ins [--sizes N,N,N] [--runs N] [--only NAME]``: cohorts of 100, 1,000 and 10,000
participants with a capstone and one confirmed decision of long ago, on SQLite and on PostgreSQL. Each is
asked on Wednesday at 10:00. One row for each size and database: seconds (the median of the runs) for planning
all check-ins for the first time, for looking once more when nothing is to be changed, and for deciding about
all once they are due, one after the other, each in its own transaction; milliseconds for one (median and 99th
percentile); and statements for one (median). What is asked, and the model that words it, is not measured.

Each decision must be ``asked`` exactly once: the run fails otherwise.
"""

import argparse
import platform
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.records import Topic
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pull_requests.records import Account
from bot.ports.engine import Json, Steps
from bot.ports.store import Tx
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.check_ins.schedule import CheckInSchedule
from tests import databases
from tests.fakes.steps import Straight

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 2, 10, 30, tzinfo=UTC)
PROFILE = Profile(WorkingHours("Europe/London"))
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
    """What a run took, in seconds. ``each`` and ``statements`` are by participant."""

    planned: float = 0.0
    looked: float = 0.0
    decided: float = 0.0
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
    account = Account(number + 1, f"p{number}")
    person = tx.members.find_or_add_by_chat("T1", f"U{number}", f"Participant {number}", MONDAY)
    member = tx.members.join(cohort, person, CohortRole.PARTICIPANT, MONDAY)
    tx.members.set_profile(member.enrolment, PROFILE)
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
    long_ago = datetime(2026, 10, 1, tzinfo=UTC)
    made = tx.decisions.add(
        capstone.id,
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


def measure(engine: sa.Engine, participants: int) -> Costs:
    """Plan all check-ins, and decide about each once it is due."""
    clock, costs, sent = Clock(), Costs(), [0]
    store = SqlStore(engine, "github.com", clock.now)
    fill(store, participants)
    schedule = CheckInSchedule(store, clock.now)
    workflow = CheckInWorkflow(Noting(clock), clock.now, lambda _tx, _person, _day: False)
    costs.planned = _time(lambda: _expect(schedule.keep(), participants))
    costs.looked = _time(lambda: _expect(schedule.keep(), 0))
    clock.moment = WEDNESDAY
    with store.begin() as tx:
        due = tx.jobs.due(clock.now(), 2 * participants)
        due = [job for job in due if job.kind == "check_in"]
        for job in due:
            tx.jobs.mark_begun(job.id, clock.now())
    _expect(len(due), participants)

    def count(*event: object) -> None:
        sent[0] += not str(event[2]).startswith(("PRAGMA", "BEGIN"))

    sa.event.listen(engine, "before_cursor_execute", count)
    outcomes = Counter[str]()
    began = time.perf_counter()
    for job in due:
        start, before = time.perf_counter(), sent[0]
        outcomes[workflow.run(Straight(store), job.argument)["outcome"]] += 1
        costs.each.append(time.perf_counter() - start)
        costs.statements.append(sent[0] - before)
    costs.decided = time.perf_counter() - began
    sa.event.remove(engine, "before_cursor_execute", count)
    _expect(outcomes["asked"], participants)
    with store.read() as tx:
        _expect(len(tx.check_ins.asked()), participants)
    return costs


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
    print(
        f"{kind:<12}{participants:>8}{''.join(f'{number:>9.2f}' for number in seconds)}"
        f"{middle:>8.1f}{slow:>8.1f}{statistics.median(runs[0].statements):>8.0f}",
        flush=True,
    )


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000,10000")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    print(f"{options.runs} runs each, Python {platform.python_version()}")
    print(
        f"{'database':<12}{'people':>8}{'plan s':>9}{'look s':>9}{'ask s':>9}{'ms':>8}{'p99':>8}{'stmts':>8}"
    )
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
                        runs.append(measure(engine, participants))
                _print_row(kind, participants, runs)


if __name__ == "__main__":
    main()
