"""Measure what the digests of a Monday cost: time, statements for each sensei, and memory.

``python -m benchmarks.digests [--participants N] [--senseis N] [--only NAME]``: a cohort of 1,000
participants and 200 senseis on SQLite and on PostgreSQL. Each participant has a dispute, a question that
waits, a hand-over, and evidence for a quarter of the real rubric's checks. Measured is the time until every
digest is chosen, stored and written as a message, one after the other, without sending. One row for each
database: seconds in all, by the clock and of this processor; milliseconds by the clock and statements for one
sensei (median and most); rows; and the most memory that Python held for ten more digests, in megabytes.
"""

import argparse
import platform
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.adapters.files import rubrics
from bot.domain.articulation.conversations import ConversationState
from bot.domain.digest.delivery_times import name_week
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account, QuestionState, RoundState, Trigger
from bot.domain.rubrics.rubric import Library
from bot.ports.store import Tx
from bot.settings import Settings
from bot.workflows.digest.capstone_matters import CapstoneRowsLoader
from bot.workflows.digest.sensei_digests import SenseiDigestMaker, SenseiDigestMessages
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests import databases
from tests.domain.ledgers import movement
from tests.workflows.running_dojo import question, sha

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
PROFILE = Profile(WorkingHours("Europe/London"), capacity=9)
QUESTIONS = (QuestionState.DISPUTED, QuestionState.PROPOSED, QuestionState.ANSWERED)


@dataclass
class Costs:
    """What the digests took. ``statements`` and ``seconds`` are by sensei."""

    statements: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rows: int = 0
    processor: float = 0.0
    megabytes: float = 0.0


def now() -> datetime:
    return MONDAY


def fill(tx: Tx, library: Library, participants: int, senseis: int) -> tuple[int, Sequence[str]]:
    """Make the cohort; return its id and the senseis."""
    cohort = tx.cohorts.add("spring", MONDAY).id
    guides = [_join(tx, cohort, f"Sensei {number}", CohortRole.SENSEI) for number in range(senseis)]
    proposal = tx.pairings.propose(cohort, "operator", MONDAY, ())
    checks = [check.id for criterion in library.rubric.criteria for check in criterion.checks]
    for number in range(participants):
        account = Account(number + 1, f"p{number}")
        person = _join(tx, cohort, f"Participant {number}", CohortRole.PARTICIPANT)
        tx.members.prove(person, account, MONDAY)
        pair = tx.pairings.add(proposal.id, person, guides[number % senseis], fit=1, reasons=(), at=MONDAY)
        tx.pairings.set_state(pair.id, PairState.ACTIVE, MONDAY)
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
        moved = [movement(check, quotes=(f"{check}()", "b()")) for check in checks[number % 4 :: 4]]
        tx.ledgers.record(capstone.id, "baseline", moved, False)
        _ask(tx, capstone.id, account)
    return cohort, guides


def _join(tx: Tx, cohort: int, name: str, role: CohortRole) -> str:
    person = tx.members.find_or_add_by_chat("T1", f"U{name.replace(' ', '').upper()}", name, MONDAY)
    tx.members.set_profile(tx.members.join(cohort, person, role, MONDAY).enrolment, PROFILE)
    return person


def _ask(tx: Tx, capstone: int, account: Account) -> None:
    pull_request = tx.pull_requests.save(
        capstone, 1, state="open", draft=False, author=account, head=sha("a"), base_ref="main", at=MONDAY
    )
    round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), MONDAY)
    tx.rounds.set_state(round_.id, RoundState.PUBLISHED, MONDAY)
    tx.questions.add(round_.id, [question(round_.id) for _ in QUESTIONS], MONDAY)
    for asked, state in zip(tx.questions.of(pull_request.id), QUESTIONS, strict=True):
        tx.questions.set_state(asked.id, state, MONDAY)
        if state is QuestionState.ANSWERED:
            talk = tx.conversations.open(asked.id, MONDAY)
            tx.conversations.save(replace(talk, state=ConversationState.LEFT), MONDAY)


def measure(engine: sa.Engine, library: Library, participants: int, senseis: int) -> Costs:
    """Make every digest and write its message."""
    store, costs, sent = SqlStore(engine, "github.com", now), Costs(), [0]
    with store.begin() as tx:
        cohort, guides = fill(tx, library, participants, senseis)
    loader = CapstoneRowsLoader(LedgerLoader(library))
    maker = SenseiDigestMaker(lambda: loader)
    messages = SenseiDigestMessages("https://github.com", lambda: loader, now)

    def count(*event: object) -> None:
        sent[0] += not str(event[2]).startswith(("PRAGMA", "BEGIN"))

    def make(person: str) -> int:
        with store.read() as tx:
            rows = maker.choose_rows(tx, cohort, person, MONDAY) or []
        with store.begin() as tx:
            made = tx.digests.add(cohort, person, "sensei", name_week(MONDAY.date()), rows, MONDAY)
        with store.read() as tx:
            assert messages.write(tx, {"digest": made.id})
        return len(rows)

    sa.event.listen(engine, "before_cursor_execute", count)
    processor = time.process_time()
    for person in guides:
        began, before = time.perf_counter(), sent[0]
        costs.rows += make(person)
        costs.seconds.append(time.perf_counter() - began)
        costs.statements.append(sent[0] - before)
    costs.processor = time.process_time() - processor
    tracemalloc.start()  # it makes everything several times slower, so nothing is timed any more
    for person in guides[:10]:
        make(person)
    costs.megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    sa.event.remove(engine, "before_cursor_execute", count)
    return costs


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--participants", type=int, default=1000)
    parser.add_argument("--senseis", type=int, default=200)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    options = parser.parse_args()
    settings = Settings()
    library = rubrics.load(settings.rubric, settings.overlay, settings.stacks)
    print(
        f"{options.participants} participants, {options.senseis} senseis, Python {platform.python_version()}"
    )
    print(
        f"{'database':<12}{'s':>8}{'cpu s':>8}{'ms':>8}{'most':>8}{'stmts':>8}{'most':>8}{'rows':>8}{'MB':>8}"
    )
    with databases.run(), tempfile.TemporaryDirectory() as folder:
        for kind in ("sqlite", "postgresql"):
            if options.only not in {None, kind}:
                continue
            with databases.opened(kind, Path(folder)) as engine:
                costs = measure(engine, library, options.participants, options.senseis)
            middle, most = statistics.median(costs.seconds) * 1000, max(costs.seconds) * 1000
            print(
                f"{kind:<12}{sum(costs.seconds):>8.1f}{costs.processor:>8.1f}{middle:>8.0f}{most:>8.0f}"
                f"{statistics.median(costs.statements):>8.0f}{max(costs.statements):>8}{costs.rows:>8}"
                f"{costs.megabytes:>8.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
