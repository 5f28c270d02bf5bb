"""Measure eight weeks of a cohort of 200 participants and 40 senseis, on a clock that is turned.

``python -m benchmarks.cohort_weeks [--weeks N] [--senseis N] [--asked N] [--pushed N]``: the bot runs in this
process with its real engine, on SQLite, and is reached by signed HTTP from a GitHub and a Slack on loopback.
Ten of forty senseis guide eight participants, the others four. Three quarters of the participants show new
evidence, most of them every week. The evidence of the first ``--pushed`` of them is read from code that they
push, that of the others is written into the database, because a reading takes a second of a processor. Of the
first ``--asked``, some open pull requests whose questions they dispute or leave unanswered. Senseis rule by
the buttons of their digests; every third acts on its first row only. One is on holiday in the second week and
has a deputy, one changes zone in it, clocks change before the third, the fourth has a milestone, and one
leaves in the fifth.

Every digest is compared with what the run did, without the bot's code for digests. The table shows digests
that were due, sent, right, sent twice, late or missing; and by kind of week the rulings asked of a sensei,
their clicks and forms, and the minutes that these take if a ruling takes ``RULING_SECONDS`` to read and think
about, and another click ``CLICK_SECONDS``.
"""

import argparse
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests import databases
from tests.cohort_weeks.inspection import LEAD, Inspection
from tests.cohort_weeks.life import Life
from tests.cohort_weeks.senseis import Effort
from tests.cohort_weeks.served import served
from tests.cohort_weeks.world import Plan, first_moment

RULING_SECONDS, CLICK_SECONDS = 45, 5
HEAVY, LIGHT = 8, 4


@dataclass(frozen=True)
class Week:
    """One sensei's week: participants, rulings asked for in the digest, rulings made, clicks and forms."""

    monday: date
    participants: int
    asked: int
    decided: int
    acts: int

    @property
    def minutes(self) -> float:
        """Return the estimated minutes of the sensei."""
        return (self.decided * RULING_SECONDS + self.acts * CLICK_SECONDS) / 60


def make_plan(options: argparse.Namespace) -> Plan:
    """Return the plan: a quarter of the senseis guide eight participants, the others four."""
    heavy = options.senseis // 4
    loads = (HEAVY,) * heavy + (LIGHT,) * (options.senseis - heavy)
    leaves = options.senseis - 1 if options.weeks > 4 else None
    return Plan(loads, options.weeks, options.asked, options.pushed, leaves=leaves)


def list_weeks(seen: Inspection, effort: Effort) -> Iterator[Week]:
    """Yield the weeks of all senseis who got a digest."""
    for key, asked in seen.asked.items():
        acts = effort.clicks[key] + effort.forms[key]
        yield Week(key[0], seen.participants[key], asked, effort.decided[key], acts)


def print_digests(seen: Inspection) -> None:
    """Print how many digests were due and how they came."""
    readers = {"senseis": False, "the lead": True}
    print(
        f"{'digests':<12}{'due':>8}{'sent':>8}{'right':>8}{'twice':>8}{'late':>8}{'missing':>8}{'extra':>8}"
    )
    for title, is_lead in readers.items():
        due = {key for key in seen.due if (key[1] == LEAD) is is_lead}
        sent = {key: times for key, times in seen.sent.items() if (key[1] == LEAD) is is_lead}
        wrong = sum((f" {LEAD}: " in line) is is_lead for line in seen.wrong)
        late = sum((f" {LEAD}: " in line) is is_lead for line in seen.late)
        twice = sum(times > 1 for times in sent.values())
        figures = (len(due), sum(sent.values()), sum(sent.values()) - wrong, twice, late)
        print(
            f"{title:<12}"
            + "".join(f"{figure:>8}" for figure in (*figures, len(due - set(sent)), len(set(sent) - due)))
        )


def print_efforts(title: str, weeks: Sequence[Week]) -> None:
    """Print median, p90 and most of what was asked of a sensei in a week."""
    if not weeks:
        return
    columns = (
        [week.asked for week in weeks],
        [week.decided for week in weeks],
        [week.acts for week in weeks],
        [week.minutes for week in weeks],
    )
    found = [_describe([float(value) for value in column]) for column in columns]
    print(f"{title:<34}{len(weeks):>6}" + "".join(f"{each:>18}" for each in found))


def _describe(values: list[float]) -> str:
    ordered = sorted(values)
    p90 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.9))]
    return f"{statistics.median(ordered):.0f} / {p90:.0f} / {ordered[-1]:.0f}"


def main() -> None:
    """Let the weeks pass, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--senseis", type=int, default=40)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--asked", type=int, default=48)
    parser.add_argument("--pushed", type=int, default=4)
    plan = make_plan(parser.parse_args())
    print(
        f"{sum(plan.loads)} participants, {len(plan.loads)} senseis, {plan.weeks} weeks, "
        f"Python {platform.python_version()}"
    )
    began, processor = time.perf_counter(), time.process_time()
    with databases.run(), tempfile.TemporaryDirectory() as folder, served(Path(folder), first_moment()) as it:
        life = Life(it, plan)
        seen = life.live()
        weeks = list(list_weeks(seen, life.desk.effort))
        print_digests(seen)
        for line in (*seen.wrong, *seen.late):
            print(line)
        print(
            f"\n{'median / p90 / most':<34}{'weeks':>6}{'asked':>18}{'ruled':>18}"
            f"{'clicks, forms':>18}{'minutes':>18}"
        )
        _, midway = life.facts.milestone
        for people in sorted({week.participants for week in weeks}):
            own = [week for week in weeks if week.participants == people]
            opens, closes = midway - timedelta(days=7), midway + timedelta(days=14)
            at = [week for week in own if opens <= week.monday <= closes]
            print_efforts(f"{people} participants, ordinary week", [week for week in own if week not in at])
            print_efforts(f"{people} participants, milestone", at)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"\n{time.perf_counter() - began:.0f} s, "
        f"{time.process_time() - processor:.0f} s of a processor here and "
        f"{children.ru_utime + children.ru_stime:.0f} s in readings, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most"
    )


if __name__ == "__main__":
    main()
