"""What is said about a pairing: why not somebody else, who is unassigned and why, who stands in."""

import random
from dataclasses import replace

import pytest

from bot.domain.dojo.people import WorkingHours
from bot.domain.pairing.counterfactual import (
    AlreadyTogether,
    Counterfactual,
    ImpossiblePair,
    MovedParticipant,
    explain_why_not,
    find_next_best,
)
from bot.domain.pairing.deputies import find_deputies
from bot.domain.pairing.problem import AllowedChange, Constraint, PairingPerson, PairingProblem
from bot.domain.pairing.solver import Solver
from bot.domain.pairing.unassigned import Unassigned, explain_unassigned
from tests.domain.pairings import WEEK, cohort, everything, person, worth

FAR = WorkingHours("Pacific/Auckland")


def test_a_counterfactual_is_the_best_pairing_with_that_pair_and_moves_as_few_as_it_can() -> None:
    possible = 0
    for seed in range(700):
        chance = random.Random(seed)
        matcher = Solver(cohort(chance, chance.randint(1, 5), chance.randint(2, 3), wild=seed % 3 == 0))
        if not matcher.participants or not matcher.senseis:
            continue
        p, s = chance.choice(matcher.participants), chance.choice(matcher.senseis)
        solution = matcher.solve()
        now, answer = solution.senseis, explain_why_not(matcher, solution, p, s)
        # Whoever is asked about is free of their own lock; the others are not.
        others = {one: theirs for one, theirs in matcher.problem.locked.items() if one != p}
        free = Solver(replace(matcher.problem, locked=others))
        with_it = [pairs for pairs in everything(free) if pairs.get(p) == s]
        if solution.senseis.get(p) == s:
            assert answer == AlreadyTogether(p, s)
            continue
        if isinstance(answer, ImpossiblePair):
            assert with_it == []
            continue
        assert isinstance(answer, Counterfactual)
        possible += 1
        best = max(worth(matcher, pairs) for pairs in with_it)
        assert (answer.fit_before, answer.fit_after) == (worth(matcher, solution.senseis)[2], best[2])
        assert best[0] == len(solution.pairs) - len(answer.unassigned) + len(answer.assigned) + (
            p not in solution.senseis
        )
        moved = min(
            sum(pairs.get(who) != solution.senseis.get(who) for who in matcher.participants if who != p)
            for pairs in with_it
            if worth(matcher, pairs) == best
        )
        assert len(answer.moves) == moved, seed
        if (
            others == matcher.problem.locked
            and matcher.problem.change is AllowedChange.FREE
            and best[0] == len(now)
        ):
            assert answer.loss >= 0
    assert possible > 100


def test_the_next_best_sensei_is_the_cheapest_of_all_counterfactuals() -> None:
    possible = fallbacks = 0
    for seed in range(300):
        chance = random.Random(seed)
        problem = cohort(chance, chance.randint(1, 6), chance.randint(1, 4), wild=seed % 3 == 0)
        matcher = Solver(replace(problem, change=AllowedChange.FREE))
        solution = matcher.solve()
        for p, s in solution.senseis.items():
            others = [
                answer
                for other in matcher.senseis
                if isinstance(answer := explain_why_not(matcher, solution, p, other), Counterfactual)
            ]
            found = find_next_best(matcher, solution, p)
            if not others:
                assert found is None
                continue
            assert found
            assert found.sensei != s
            assert found.instead_of == s

            def rank(answer: Counterfactual) -> tuple[int, int]:
                return len(answer.unassigned) - len(answer.assigned), answer.loss

            assert rank(found) == min(map(rank, others)), seed
            same = next(answer for answer in others if answer.sensei == found.sensei)
            assert (found.full, len(found.moves)) == (same.full, len(same.moves))
            possible += 1
            fallbacks += bool(found.unassigned)
    assert possible > 200
    assert fallbacks > 20


def test_to_give_somebody_a_full_sensei_others_move() -> None:
    def seeks(name: str, risk: int) -> PairingPerson:
        return person(name, skills={"risk": risk, "context": 3})

    bo, cy = person("bo", 1, skills={"risk": 3, "context": 1}), person("cy", 2, skills={"context": 1})
    matcher = Solver(PairingProblem((seeks("ada", 1), seeks("eve", 3)), (bo, cy), WEEK))
    solution = matcher.solve()
    assert solution.senseis == {"ada": "cy", "eve": "bo"}
    answer = explain_why_not(matcher, solution, "ada", "bo")
    assert isinstance(answer, Counterfactual)
    assert answer.full
    assert answer.instead_of == "cy"
    assert answer.moves == (MovedParticipant("eve", "bo", "cy"),)
    # 400 x (1x3 + 3x1)/12 and 400 x 3/18 after; 400 x 3/12 and 400 x (9 + 3)/18 before.
    assert answer.loss == (100 + 266) - (200 + 66)
    assert answer.loss_percent == pytest.approx(100 * 100 / solution.fit)
    assert explain_why_not(matcher, solution, "eve", "bo") == AlreadyTogether("eve", "bo")


def test_somebody_may_lose_their_sensei_by_it() -> None:
    matcher = Solver(PairingProblem((person("ada"), person("eve")), (person("bo", prefers=("eve",)),), WEEK))
    answer = explain_why_not(matcher, matcher.solve(), "ada", "bo")
    assert isinstance(answer, Counterfactual)
    assert answer.unassigned == ("eve",)
    assert answer.moves == (MovedParticipant("eve", "bo", None),)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"confidential": frozenset({frozenset({"bo", "ada"})})}, Constraint.CONFIDENTIAL),
        ({"vetoed": frozenset({("ada", "bo")})}, Constraint.VETOED),
        # Where something else is reason enough, nobody hears of what is confidential.
        (
            {
                "confidential": frozenset({frozenset({"bo", "ada"})}),
                "senseis": (person("bo", paused=True), person("cy")),
            },
            Constraint.PAUSED,
        ),
        ({"senseis": (person("cy"),)}, Constraint.GONE),
        ({"senseis": (person("bo", hours=FAR), person("cy")), "minimum_hours": 1}, Constraint.OVERLAP),
        ({"senseis": (person("bo", 0), person("cy"))}, Constraint.CAPACITY),
        ({"locked": {"eve": "bo"}}, Constraint.LOCKED),
        ({"participants": (person("ada", paused=True), person("eve"))}, Constraint.PAUSED),
        ({"participants": (person("eve"),)}, Constraint.GONE),
    ],
)
def test_what_cannot_be_names_the_constraint(change: dict[str, object], constraint: Constraint) -> None:
    problem = PairingProblem(
        (person("ada", prefers=("cy",)), person("eve")), (person("bo"), person("cy", 2)), WEEK
    )
    matcher = Solver(replace(problem, **change))  # type: ignore[arg-type]
    answer = explain_why_not(matcher, matcher.solve(), "ada", "bo")
    assert isinstance(answer, ImpossiblePair)
    assert answer.constraint is constraint


def test_their_own_lock_does_not_stand_in_the_way() -> None:
    problem = PairingProblem((person("ada"),), (person("bo"), person("cy")), WEEK, locked={"ada": "cy"})
    matcher = Solver(problem)
    assert isinstance(explain_why_not(matcher, matcher.solve(), "ada", "bo"), Counterfactual)


def places(sensei: PairingPerson, problem: PairingProblem) -> int:
    return max(sensei.profile.capacity, [*problem.locked.values()].count(sensei.id))


def without(problem: PairingProblem, who: str, constraint: Constraint) -> list[PairingProblem]:
    """The problem with one constraint taken away for one participant: in every way there is."""
    match constraint:
        case Constraint.PAUSED:
            return [replace(problem, senseis=tuple(replace(one, paused=False) for one in problem.senseis))]
        case Constraint.OVERLAP:
            return [replace(problem, minimum_hours=0)]
        case Constraint.VETOED:
            return [replace(problem, vetoed=frozenset(pair for pair in problem.vetoed if pair[0] != who))]
        case Constraint.CONFIDENTIAL:
            left = frozenset(pair for pair in problem.confidential if who not in pair)
            return [replace(problem, confidential=left)]
        case Constraint.CAPACITY:
            return [
                replace(
                    problem,
                    senseis=tuple(
                        replace(one, profile=replace(one.profile, capacity=places(one, problem) + 1))
                        if one.id == sensei.id
                        else one
                        for one in problem.senseis
                    ),
                )
                for sensei in problem.senseis
                if not sensei.paused
            ]
        case _:
            return [replace(problem, locked={})]


def test_who_is_unassigned_is_so_by_what_is_blamed_and_by_nothing_else() -> None:
    """Taking one constraint away for them gives them somebody, beside all who have one; exactly if blamed."""
    seen: dict[Constraint, int] = {}
    for seed in range(400):
        chance = random.Random(seed)
        problem = cohort(chance, chance.randint(1, 5), chance.randint(0, 3))
        matcher = Solver(problem)
        solution = matcher.solve()
        for one in explain_unassigned(matcher, solution):
            if not [s for s in problem.senseis if s.id != one.participant]:
                assert one == Unassigned(one.participant, (Constraint.GONE,))
                continue
            helps = set()
            for constraint in (
                Constraint.PAUSED,
                Constraint.OVERLAP,
                Constraint.CAPACITY,
                Constraint.LOCKED,
                Constraint.VETOED,
                Constraint.CONFIDENTIAL,
            ):
                if can_have_one(problem, matcher, solution.senseis, one.participant, constraint):
                    helps.add(constraint)
            assert ({*one.causes} if one.alone else set()) == helps, (seed, one, helps)
            assert one.causes
            for cause in one.causes:
                seen[cause] = seen.get(cause, 0) + 1
    assert {*seen} == {*Constraint} - {Constraint.SELF, Constraint.GONE}


def can_have_one(
    problem: PairingProblem, matcher: Solver, pairs: dict[str, str], who: str, constraint: Constraint
) -> bool:
    """Whether they and all who have a sensei could have one with a constraint gone, by trying everything.

    Relaxed for them alone where it is a matter of pairs: others stay barred from what they are barred from.
    """
    for relaxed in without(problem, who, constraint):
        loose = Solver(relaxed)
        room = {one.id: one.profile.capacity for one in relaxed.senseis}
        mine = loose if constraint is not Constraint.LOCKED else matcher
        options = {
            one: [s for s in mine.senseis if not mine.fit.bars(one, s)]
            if one == who
            else [s for s in matcher.senseis if not matcher.fit.bars(one, s)]
            for one in (who, *pairs)
        }
        locks = (
            {}
            if constraint is Constraint.LOCKED
            else {matcher.participants[p]: matcher.senseis[s] for p, s in matcher.locks.items()}
        )
        for one, s in locks.items():
            options[one] = [s]
            room[s] = max(room[s], [*locks.values()].count(s))
        if constraint is Constraint.LOCKED:
            loads = [*pairs.values()]
            room = {s: max(free, loads.count(s)) for s, free in room.items()}
        if placed([*options.items()], room):
            return True
    return False


def placed(options: list[tuple[str, list[str]]], room: dict[str, int]) -> bool:
    if not options:
        return True
    (_, senseis), *rest = options
    return any(room[s] > 0 and placed(rest, {**room, s: room[s] - 1}) for s in senseis)


@pytest.mark.parametrize(
    ("problem", "causes", "alone"),
    [
        (PairingProblem((person("ada"),), (), WEEK), (Constraint.GONE,), True),
        (PairingProblem((person("ada"),), (person("bo", 0),), WEEK), (Constraint.CAPACITY,), True),
        (
            PairingProblem((person("ada"),), (person("bo", hours=FAR),), WEEK, minimum_hours=4),
            (Constraint.OVERLAP,),
            True,
        ),
        (PairingProblem((person("ada"),), (person("bo", paused=True),), WEEK), (Constraint.PAUSED,), True),
        (
            PairingProblem(
                (person("ada"),), (person("bo", 0),), WEEK, confidential=frozenset({frozenset({"ada", "bo"})})
            ),
            (Constraint.CAPACITY, Constraint.CONFIDENTIAL),
            False,
        ),
    ],
)
def test_the_one_to_blame(problem: PairingProblem, causes: tuple[Constraint, ...], alone: bool) -> None:
    matcher = Solver(problem)
    assert explain_unassigned(matcher, matcher.solve()) == (Unassigned("ada", causes, alone),)


def test_deputies_come_in_the_order_of_whom_it_troubles_least() -> None:
    ada, eve = person("ada", skills={"risk": 3}), person("eve", skills={"risk": 3})
    senseis = (
        person("away", 2),
        person("barred", 9, skills={"risk": 3}),
        person("far", 9, hours=FAR),
        person("fits", 2, skills={"risk": 3}),
        person("full", 1, skills={"risk": 3}),
        person("holiday", 9),
        person("paused", 9, paused=True),
        person("roomy", 9, skills={"risk": 1}),
    )
    problem = PairingProblem(
        (ada, eve, person("flo")),
        senseis,
        WEEK,
        minimum_hours=10,
        confidential=frozenset({frozenset({"barred", "eve"})}),
        current={"ada": "away", "eve": "away", "flo": "full"},
    )
    found = find_deputies(problem, "away", ["eve", "ada"], away={"holiday"})
    assert [(one.sensei, one.over) for one in found] == [
        ("fits", 0),
        ("roomy", 0),
        ("full", 2),
        ("barred", 0),
        ("far", 0),
    ]
    assert found[3].barred == (("eve", Constraint.CONFIDENTIAL),)
    assert {bar for _, bar in found[4].barred} == {Constraint.OVERLAP}
    assert found[0].minutes == 40 * 60
