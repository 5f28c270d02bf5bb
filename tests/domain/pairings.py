"""Cohorts for tests of pairing, and a way to pair them that tries everything."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TypeVar

from bot.domain.dojo.people import Profile, WorkingHours
from bot.domain.pairing.problem import AllowedChange, PairingPerson, PairingProblem, parse_weights
from bot.domain.pairing.solver import Solver

T = TypeVar("T")

WEEK = date(2026, 1, 14)
LONDON = WorkingHours("Europe/London")


def person(name: str, capacity: int = 1, *, paused: bool = False, **profile: object) -> PairingPerson:
    return PairingPerson(name, Profile(**{"hours": LONDON, "capacity": capacity, **profile}), paused)  # type: ignore[arg-type]


def keeping(problem: PairingProblem, concerned: frozenset[str]) -> PairingProblem:
    """Return the problem with every current pair locked, but for those of the people concerned."""
    kept = {
        participant: sensei
        for participant, sensei in problem.current.items()
        if participant not in concerned and sensei not in concerned
    }
    return replace(problem, locked={**kept, **problem.locked})


def cohort(
    chance: random.Random, participants: int, senseis: int, *, places: int = 2, wild: bool = True
) -> PairingProblem:
    """Some people with few differences, so that ties are frequent, and with every kind of constraint."""
    ps, ss = [f"p{n}" for n in range(participants)], [f"s{n}" for n in range(senseis)]

    def profile(others: list[str], capacity: int) -> Profile:
        zone = chance.choice(["Europe/London", "Asia/Kolkata", "America/New_York"])
        begins = chance.choice([8, 9, 12]) * 60
        return Profile(
            WorkingHours(zone, begins=begins, ends=begins + 8 * 60),
            {
                skill: chance.randint(1, 3)
                for skill in chance.sample(["a", "b", "c", "d"], chance.randint(0, 3))
            },
            tuple(chance.sample(["x", "y"], chance.randint(0, 2))),
            prefers=tuple(chance.sample(others, min(len(others), chance.randint(0, 2)))),
            capacity=capacity,
        )

    def pairs(most: int) -> list[tuple[str, str]]:
        if not ps or not ss:
            return []
        return [(chance.choice(ps), chance.choice(ss)) for _ in range(chance.randint(0, most))]

    return PairingProblem(
        tuple(PairingPerson(p, profile(ss, 0), wild and chance.random() < 0.1) for p in ps),
        tuple(
            PairingPerson(s, profile(ps, chance.randint(0, places)), wild and chance.random() < 0.1)
            for s in ss
        ),
        WEEK,
        parse_weights(
            {
                "skills": chance.choice([1, 50, 400]),
                **{name: chance.choice([0, 1, 50, 400]) for name in ("overlap", "stacks", "preferences")},
                "continuity": chance.choice([0, 1, 50, 400]),
                "balance": chance.choice([0, 50, 300]),
            }
        ),
        chance.choice([0, 0, 10, 30]),
        frozenset(frozenset(pair) for pair in pairs(3)) if wild else frozenset(),
        frozenset(pairs(3)) if wild else frozenset(),
        dict(pairs(participants)),
        dict(pairs(1)) if wild else {},
        chance.choice([*AllowedChange]),
    )


def everything(matcher: Solver) -> Iterator[dict[str, str]]:
    """Every pairing that breaks no constraint."""
    problem = matcher.problem
    locks = {
        p: s for p, s in problem.locked.items() if p not in {one.participant for one in matcher.released}
    }
    choices: list[list[str | None]] = []
    for p in matcher.participants:
        free = [s for s in matcher.senseis if not matcher.fit.bars(p, s)]
        choices.append([locks[p]] if p in locks else [None, *free])
    room = {one.id: one.profile.capacity for one in problem.senseis}
    for chosen in product(*choices):
        pairs = {p: s for p, s in zip(matcher.participants, chosen, strict=True) if s is not None}
        if _fits(pairs, locks, room):
            yield pairs


def _fits(pairs: Mapping[str, str], locks: Mapping[str, str], room: Mapping[str, int]) -> bool:
    for sensei in {*pairs.values()}:
        load = sum(s == sensei for s in pairs.values())
        locked = sum(s == sensei for s in locks.values())
        # Over capacity only by locks, and then by nobody else.
        if load > max(room[sensei], locked):
            return False
    return True


def worth(matcher: Solver, pairs: Mapping[str, str]) -> tuple[int, int, int]:
    """How good a pairing is, as it is meant: more paired, then fewest changed where asked, then fit."""
    problem, weights = matcher.problem, matcher.problem.weights
    points = sum(matcher.fit.points(p, s) for p, s in pairs.items())
    for sensei in problem.senseis:
        load, places = sum(s == sensei.id for s in pairs.values()), max(sensei.profile.capacity, 1)
        points -= sum(weights.balance * (2 * place - 1) // (2 * places) for place in range(1, load + 1))
    changed = sum(
        pairs.get(p) != problem.current[p]
        for p in matcher.participants
        if problem.current.get(p) in matcher.senseis
    )
    return len(pairs), -changed if problem.change is AllowedChange.FEWEST else 0, points


def shuffled(problem: PairingProblem, chance: random.Random) -> PairingProblem:
    """The same problem with everything that has an order in another one."""

    def mixed(values: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(chance.sample(values, len(values)))

    def mix(one: PairingPerson) -> PairingPerson:
        profile = one.profile
        skills = dict(mixed(tuple(profile.skills.items())))
        hours = WorkingHours(
            profile.hours.time_zone, mixed(profile.hours.days), profile.hours.begins, profile.hours.ends
        )
        return PairingPerson(
            one.id,
            Profile(hours, skills, mixed(profile.stacks), prefers=profile.prefers, capacity=profile.capacity),
            one.paused,
        )

    return PairingProblem(
        mixed(tuple(mix(one) for one in problem.participants)),
        mixed(tuple(mix(one) for one in problem.senseis)),
        problem.week,
        problem.weights,
        problem.minimum_hours,
        frozenset(mixed(tuple(problem.confidential))),
        frozenset(mixed(tuple(problem.vetoed))),
        dict(mixed(tuple(problem.current.items()))),
        dict(mixed(tuple(problem.locked.items()))),
        problem.change,
    )
