"""Measure what hearing answers without a model costs: the statements of each, and how that grows.

``python -m benchmarks.hearing [--most N]``: N, N/10 and N/100 answers, ten in each capstone, on SQLite and on
PostgreSQL, in this process. Each is stored and heard once, as the first answer in its thread. One table for
each database: statements for one answer (median and most, without those that begin transactions) and
milliseconds (median and longest), and how the median grows with the number of answers. The statements must
not grow. The times are of one process on a machine that does other things too.
"""

import argparse
import importlib
import importlib.util
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.files import prompts
from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.guide import ArticulationRules
from tests import databases
from tests.fakes.steps import Straight
from tests.workflows.running_dojo import ADA, Dojo

HEARING = "bot.workflows.articulation.hearing"
IN_A_CAPSTONE = 10
ANSWER = "We cap the answer at 500 tokens because the desk closes at five, answer {}."
_BEGINNINGS = ("PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")


@dataclass
class Costs:
    """What each of some answers took."""

    statements: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    outcomes: set[str] = field(default_factory=set)


@dataclass
class Statements:
    """Counts the statements that a database is sent."""

    number: int = 0

    def count(self, *event: Any) -> None:
        self.number += not str(event[2]).startswith(_BEGINNINGS)


def measure(engine: sa.Engine, answers: int) -> Costs:
    """Let answers be written and heard, one after the other."""
    parts: Any = importlib.import_module(HEARING)
    rules = ArticulationRules(load_guide(), {"speed.1": 2})
    counted, costs = Statements(), Costs()
    sa.event.listen(engine, "before_cursor_execute", counted.count)
    try:
        for number in range(answers):
            if number % IN_A_CAPSTONE == 0:
                dojo = Dojo(engine)
            question = dojo.ask(comment=dojo.number * 1000 + number)
            hearing = parts.AnswerHearing(
                dojo.store, rules, prompts.load("articulation/articulate"), lambda _: nullcontext(), dojo.now
            )
            began, before = time.perf_counter(), counted.number
            with dojo.store.begin() as tx:
                comment = dojo.number * 1_000_000 + number
                tx.questions.save_message(question, comment, ADA.id, ANSWER.format(number), dojo.now())
                parts.hear_answer(tx, question, dojo.now())
            outcome = hearing.hear(Straight(dojo.store), {"question": question})
            costs.seconds.append(time.perf_counter() - began)
            costs.statements.append(counted.number - before)
            costs.outcomes.add(outcome["outcome"])
            dojo.clock += timedelta(seconds=1)
    finally:
        sa.event.remove(engine, "before_cursor_execute", counted.count)
    return costs


def print_table(kind: str, sizes: list[int]) -> bool:
    """Measure on one kind of database; say whether the statements stayed the same."""
    print(f"\n{kind}\n")
    print("| answers | outcomes | statements: median | most | ms: median | longest | growth of the median |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    medians: list[tuple[float, float]] = []
    for answers in sizes:
        with tempfile.TemporaryDirectory() as folder, databases.opened(kind, Path(folder)) as engine:
            costs = measure(engine, answers)
        statements, ms = statistics.median(costs.statements), 1000 * statistics.median(costs.seconds)
        growth = f"x{ms / medians[-1][1]:.1f} for x{answers / sizes[len(medians) - 1]:.0f}" if medians else ""
        medians.append((statements, ms))
        outcomes, longest = ", ".join(sorted(costs.outcomes)), max(costs.statements)
        print(
            f"| {answers:,} | {outcomes} | {statements:.0f} | {longest} "
            f"| {ms:.1f} | {1000 * max(costs.seconds):.0f} | {growth} |",
            flush=True,
        )
    return len({statements for statements, _ in medians}) == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1000)
    most = parser.parse_args().most
    if importlib.util.find_spec(HEARING) is None:
        print("Nothing was measured: this version of Sensei doesn't hear answers.")
        return 0
    sizes = [max(1, most // 100), max(1, most // 10), most]
    with databases.run():
        same = [print_table(kind, sizes) for kind in ("sqlite", "postgresql")]
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
