"""How long it takes to pair a cohort, how that grows, and how greedy pairing fares beside it.

``python -m benchmarks.pairing [--runs N]``: made-up cohorts in eight time zones, with just as many places as
participants, and some pairs that must not be. One table of medians; each run is a process of its own.
Seconds are the processor's: nothing waits for anything. "All" is from profiles to pairs with reasons; "why
not" one counterfactual after that. Greedy takes the pair with the most points that is left, until none is.
"""

import argparse
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.dojo.people import Profile, WorkingHours
from bot.domain.pairing.counterfactual import explain_why_not
from bot.domain.pairing.problem import PairingPerson, PairingProblem
from bot.domain.pairing.solver import Solver

SIZES = ((20, 5), (200, 40), (1000, 200))
SEED = 1
SKILLS = (
    "outcome",
    "integration",
    "risk",
    "validation",
    "context",
    "reliability",
    "governance",
    "performance_cost",
    "security",
    "delivery",
)
STACKS = ("amazon-bedrock", "anthropic", "coding-assistants", "google-adk", "open-models", "openai")
ZONES = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Bucharest",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Los_Angeles",
    "Asia/Kolkata",
    "Asia/Singapore",
)
WEEK = date(2026, 3, 2)


class Run(NamedTuple):
    """Seconds, and what came of it."""

    seconds: float
    counterfactual: float
    greedy: float
    unassigned: int
    fit: int
    greedy_unassigned: int
    greedy_fit: int


def made(participants: int, senseis: int) -> PairingProblem:
    """A cohort as one may be: one in three has wishes, for one in fifty some pair must not be."""
    chance = random.Random(SEED)
    names = [f"p{n:04}" for n in range(participants)], [f"s{n:04}" for n in range(senseis)]

    def profile(others: Sequence[str], skills: int, capacity: int = 0) -> Profile:
        begins = chance.choice((7, 8, 9, 10)) * 60
        return Profile(
            WorkingHours(chance.choice(ZONES), begins=begins, ends=begins + 8 * 60),
            {skill: chance.randint(1, 3) for skill in chance.sample(SKILLS, skills)},
            tuple(chance.sample(STACKS, 2)),
            prefers=tuple(chance.sample(others, 2)) if chance.random() < 1 / 3 else (),
            capacity=capacity,
        )

    # As many places as participants, unevenly spread.
    places = [participants // senseis + (1, 0, -1, 0)[n % 4] for n in range(senseis)]
    places[0] += participants - sum(places)
    return PairingProblem(
        tuple(PairingPerson(one, profile(names[1], 4)) for one in names[0]),
        tuple(PairingPerson(one, profile(names[0], 6, places[n])) for n, one in enumerate(names[1])),
        WEEK,
        minimum_hours=4,
        confidential=frozenset(
            frozenset((one, chance.choice(names[1]))) for one in names[0] if chance.random() < 0.02
        ),
    )


def greedy(matcher: Solver) -> dict[str, str]:
    """The best pair that is left, again and again."""
    points = [
        (-points, one, number)
        for one in matcher.participants
        for number, points in enumerate(matcher.fit.row(one, matcher.senseis))
        if points is not None
    ]
    left, found = [*matcher.capacity], {}
    for _, one, number in sorted(points):
        if one not in found and left[number]:
            left[number] -= 1
            found[one] = matcher.senseis[number]
    return found


def measure(participants: int, senseis: int) -> Run:
    problem = made(participants, senseis)
    began = time.process_time()
    matcher = Solver(problem)
    solution = matcher.solve()
    seconds = time.process_time() - began
    one = matcher.participants[0]
    other = next(
        s for s in matcher.senseis if not matcher.fit.bars(one, s) and solution.senseis.get(one) != s
    )
    began = time.process_time()
    explain_why_not(matcher, solution, one, other)
    counterfactual = time.process_time() - began
    began = time.process_time()
    pairs = greedy(matcher)
    took = time.process_time() - began
    numbers = [matcher.number(p, pairs[p])[1] if p in pairs else None for p in matcher.participants]
    simple = matcher.solution(numbers)
    return Run(
        seconds,
        counterfactual,
        took,
        len(solution.unassigned),
        solution.fit,
        len(simple.unassigned),
        simple.fit,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    columns = (
        "participants x senseis | pairs | all, s | growth of s for pairs | why not, s | unassigned | fit "
        "| greedy, s | greedy: unassigned | greedy: fit"
    )
    print(f"| {columns} |")
    print("|" + " ---: |" * len(columns.split("|")))
    last: tuple[int, float] | None = None
    for size in SIZES:
        with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            runs = pool.starmap(measure, [size] * options.runs, chunksize=1)
        pairs = size[0] * size[1]
        seconds, counterfactual, took = (statistics.median(run[n] for run in runs) for n in range(3))
        growth = f"x{seconds / last[1]:.1f} for x{pairs / last[0]:.0f}" if last else ""
        one = runs[0]
        print(
            f"| {size[0]:,} x {size[1]} | {pairs:,} | {seconds:.3f} | {growth} | {counterfactual:.3f} "
            f"| {one.unassigned} | {one.fit:,} | {took:.3f} | {one.greedy_unassigned} | {one.greedy_fit:,} |",
            flush=True,
        )
        last = (pairs, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
