"""Who is paired with whom: the best there is, in whatever order it is put, and against no constraint."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo.people import WorkingHours
from bot.domain.pairing import solver
from bot.domain.pairing.fit import Fit, PairReasonKind
from bot.domain.pairing.problem import (
    AllowedChange,
    Constraint,
    PairingProblem,
    Weights,
    parse_weights,
)
from bot.domain.pairing.solver import Solver
from bot.errors import UserError
from tests.domain.pairings import WEEK, cohort, everything, keeping, person, shuffled, worth

seeds = st.integers(0, 2**32)


def solved(problem: PairingProblem) -> dict[str, str]:
    return Solver(problem).solve().senseis


@pytest.mark.contract
def test_it_is_as_good_as_the_best_of_all_pairings() -> None:
    for seed in range(2500):
        chance = random.Random(seed)
        matcher = Solver(cohort(chance, chance.randint(0, 5), chance.randint(0, 3)))
        solution = matcher.solve()
        best = max(worth(matcher, pairs) for pairs in everything(matcher))
        assert worth(matcher, solution.senseis) == best, seed
        assert best[2] == solution.fit
        assert {*solution.senseis, *solution.unassigned} == {*matcher.participants}


@pytest.mark.usefixtures("nothing_at_once")
def test_starting_with_few_senseis_each_it_is_as_good() -> None:
    for seed in range(1000):
        chance = random.Random(seed)
        matcher = Solver(cohort(chance, chance.randint(1, 5), chance.randint(2, 4), places=1))
        best = max(worth(matcher, pairs) for pairs in everything(matcher))
        assert worth(matcher, matcher.solve().senseis) == best, seed


@pytest.fixture
def nothing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "_SMALL", 0)
    monkeypatch.setattr(solver, "_FIRST", 1)
    monkeypatch.setattr(solver, "_LIKELIEST", 1)


@pytest.mark.parametrize(("participants", "senseis", "places"), [(40, 12, 5), (90, 30, 4), (150, 25, 6)])
@pytest.mark.parametrize("change", [*AllowedChange])
def test_of_a_large_cohort_nothing_can_be_bettered(
    participants: int, senseis: int, places: int, change: AllowedChange
) -> None:
    for seed in range(2):
        problem = cohort(random.Random(seed), participants, senseis, places=places)
        matcher = Solver(replace(problem, change=change))
        assert_nothing_betters(matcher, matcher.solve().senseis)


def assert_nothing_betters(matcher: Solver, pairs: Mapping[str, str]) -> None:
    """A pairing is the best exactly if no round of moves gains anything: no cycle of negative cost is left.

    Bellman and Ford's search, over every pair; nothing is taken from the solver but points and bars.
    """
    edges = [*moves(matcher, pairs), *places(matcher, pairs)]
    distance = dict.fromkeys((node for begin, end, _ in edges for node in (begin, end)), 0)
    for _ in range(len(distance) + 1):
        shorter = False
        for begin, end, price in edges:
            if distance[begin] + price < distance[end]:
                distance[end], shorter = distance[begin] + price, True
        if not shorter:
            return
    raise AssertionError("a round of moves would gain something")


def moves(matcher: Solver, pairs: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """What it costs to move somebody from one sensei (or from nobody, who has room for all) to another."""
    problem, locked = matcher.problem, matcher.problem.locked
    big = 10**9

    def cost(p: str, s: str) -> int:
        current = problem.current.get(p)
        changed = problem.change is AllowedChange.FEWEST and current in matcher.senseis and s != current
        return (s == "") * big * big + changed * big - (0 if s == "" else matcher.fit.points(p, s))

    cheapest: dict[tuple[str, str], int] = {}
    for p in matcher.participants:
        now = pairs.get(p, "")
        if locked.get(p) == now:
            continue
        for s in ("", *(s for s in matcher.senseis if not matcher.fit.bars(p, s))):
            price = cost(p, s) - cost(p, now)
            cheapest[now, s] = min(price, cheapest.get((now, s), price))
    return ((begin, end, price) for (begin, end), price in cheapest.items() if begin != end)


def places(matcher: Solver, pairs: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """What a sensei's next place costs, and what is got for the last one."""
    yield "", "free", 0
    yield "free", "", 0
    for sensei in matcher.problem.senseis:
        room, load = sensei.profile.capacity, [*pairs.values()].count(sensei.id)
        price = [
            matcher.problem.weights.balance * (2 * n - 1) // (2 * max(room, 1)) for n in (load, load + 1)
        ]
        if load < room and not sensei.paused:
            yield sensei.id, "free", price[1]
        if load:
            yield "free", sensei.id, -price[0]


def test_the_proof_sees_what_is_not_the_best() -> None:
    for seed in range(300):
        chance = random.Random(seed)
        matcher = Solver(cohort(chance, 4, 3, wild=False))
        pairings = [*everything(matcher)]
        pairs = chance.choice(pairings)
        if worth(matcher, pairs) < max(worth(matcher, one) for one in pairings):
            with pytest.raises(AssertionError, match="round of moves"):
                assert_nothing_betters(matcher, pairs)
        else:
            assert_nothing_betters(matcher, pairs)


@given(seeds)
def test_no_constraint_is_broken(seed: int) -> None:
    chance = random.Random(seed)
    problem = cohort(chance, chance.randint(0, 25), chance.randint(0, 8), places=4)
    solution = Solver(problem).solve()
    paused = {one.id for one in (*problem.participants, *problem.senseis) if one.paused}
    fit = Fit(problem)
    for pair in solution.pairs:
        assert not paused & {pair.participant, pair.sensei}
        assert frozenset({pair.participant, pair.sensei}) not in problem.confidential
        assert (pair.participant, pair.sensei) not in problem.vetoed
        assert pair.locked or fit.minutes(pair.participant, pair.sensei) >= problem.minimum_hours * 60
    for sensei in problem.senseis:
        theirs = [pair for pair in solution.pairs if pair.sensei == sensei.id]
        assert len(theirs) <= max(sensei.profile.capacity, sum(pair.locked for pair in theirs))
    lost = {one.participant for one in solution.released}
    assert all(solution.senseis[p] == s for p, s in problem.locked.items() if p not in lost)


@given(seeds)
def test_the_order_of_the_input_means_nothing(seed: int) -> None:
    chance = random.Random(seed)
    problem = cohort(chance, chance.randint(0, 12), chance.randint(0, 5))
    assert Solver(shuffled(problem, chance)).solve() == Solver(problem).solve()


@pytest.mark.usefixtures("nothing_at_once")
def test_nor_does_it_where_not_all_pairs_are_looked_at_at_once() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        problem = cohort(chance, 12, 5)
        one, other = (Solver(each).solve() for each in (problem, shuffled(problem, chance)))
        assert one == other


def test_ties_are_decided_alike_however_many_pairs_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All are equal to each other: only the tie-break decides, and it does so for the solver's every way."""
    problem = PairingProblem(
        tuple(person(f"p{n}") for n in range(12)), tuple(person(f"s{n}", 3) for n in range(5)), WEEK
    )
    at_once = solved(problem)
    for few in (1, 2, 3):
        monkeypatch.setattr(solver, "_SMALL", 0)
        monkeypatch.setattr(solver, "_FIRST", few)
        assert solved(problem) == at_once


@given(seeds)
def test_the_bulk_rows_say_what_points_and_bars_say(seed: int) -> None:
    problem = cohort(random.Random(seed), 6, 5)
    fit, senseis = Fit(problem), [one.id for one in problem.senseis]
    for one in problem.participants:
        expected = [None if fit.bars(one.id, s) else fit.points(one.id, s) for s in senseis]
        assert fit.row(one.id, senseis) == expected


def test_points_are_what_the_weights_say() -> None:
    ada = person(
        "ada", skills={"security": 3, "risk": 1}, stacks=("openai", "anthropic"), prefers=("x", "bo")
    )
    bo = person("bo", skills={"security": 2}, stacks=("openai",), prefers=("ada",))
    problem = PairingProblem((ada,), (bo,), WEEK, current={"ada": "bo"})
    # 400 x (3x2)/(3x3 + 1x3), 250 (40 hours are ample), 100 / 2, 150 x (3/4 + 1)/2, 100.
    assert Fit(problem).points("ada", "bo") == 200 + 250 + 50 + 131 + 100
    reasons = Fit(problem).reasons("ada", "bo")
    assert [(one.kind, one.subjects, one.want, one.have, one.minutes) for one in reasons] == [
        (PairReasonKind.KEPT, (), 0, 0, 0),
        (PairReasonKind.WISHED_BY_BOTH, (), 0, 0, 0),
        (PairReasonKind.COVERS, ("security",), 3, 2, 0),
        (PairReasonKind.OVERLAP, (), 0, 0, 40 * 60),
        (PairReasonKind.STACKS, ("openai",), 0, 0, 0),
    ]


@given(seeds)
def test_no_pair_has_more_points_than_there_are(seed: int) -> None:
    problem = cohort(random.Random(seed), 5, 4)
    fit = Fit(problem)
    points = [fit.points(p.id, s.id) for p in problem.participants for s in problem.senseis]
    assert all(0 <= one <= problem.weights.most for one in points)


def test_what_is_looked_for_most_and_not_brought_is_said() -> None:
    problem = PairingProblem((person("ada", skills={"risk": 3, "context": 2}),), (person("bo"),), WEEK)
    (reason,) = [one for one in Fit(problem).reasons("ada", "bo") if one.kind is PairReasonKind.LACKS]
    assert reason.subjects == ("risk",)


def test_everybody_is_paired_before_anybody_is_paired_well() -> None:
    ada = person("ada", prefers=("bo",), skills={"risk": 3})
    cy = person("cy")
    bo, di = person("bo", skills={"risk": 3}, prefers=("ada",)), person("di")
    problem = PairingProblem((ada, cy), (bo, di), WEEK, vetoed=frozenset({("cy", "di")}))
    assert solved(problem) == {"ada": "di", "cy": "bo"}


def test_balance_gives_each_sensei_their_share() -> None:
    people = tuple(person(f"p{n}") for n in range(6))
    senseis = (person("large", 8), person("small", 4))
    for weight, small in ((100, 2), (0, None)):
        problem = PairingProblem(people, senseis, WEEK, Weights(balance=weight))
        load = [*solved(problem).values()].count("small")
        assert small is None or load == small


def test_what_stands_goes_on_unless_something_is_better_by_more_than_its_weight() -> None:
    ada = person("ada", skills={"risk": 3})
    better, present = person("better", skills={"risk": 2}), person("present")
    problem = PairingProblem((ada,), (better, present), WEEK, current={"ada": "present"})
    assert solved(problem) == {"ada": "better"}
    assert solved(replace(problem, weights=Weights(continuity=300))) == {"ada": "present"}
    assert solved(replace(problem, change=AllowedChange.FEWEST)) == {"ada": "present"}
    assert solved(keeping(problem, frozenset())) == {"ada": "present"}
    assert solved(keeping(problem, frozenset({"ada"}))) == {"ada": "better"}


@given(seeds)
def test_keeping_moves_nobody_but_those_concerned(seed: int) -> None:
    chance = random.Random(seed)
    problem = cohort(chance, 10, 4, places=4)
    before = Solver(replace(problem, locked={})).solve()
    concerned = frozenset(chance.sample([one.id for one in problem.participants], 2))
    after = Solver(keeping(replace(problem, current=before.senseis, locked={}), concerned)).solve()
    assert not after.released
    assert all(after.senseis[p] == s for p, s in before.senseis.items() if p not in concerned)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"confidential": frozenset({frozenset({"bo", "ada"})})}, Constraint.CONFIDENTIAL),
        ({"vetoed": frozenset({("ada", "bo")})}, Constraint.VETOED),
        ({"senseis": (person("bo", paused=True), person("cy"))}, Constraint.PAUSED),
        ({"senseis": (person("cy"),)}, Constraint.GONE),
        ({"participants": (person("ada", paused=True),)}, Constraint.PAUSED),
    ],
)
def test_a_lock_that_cannot_hold_is_given_back(change: dict[str, object], constraint: Constraint) -> None:
    problem = PairingProblem((person("ada"),), (person("bo"), person("cy")), WEEK, locked={"ada": "bo"})
    assert solved(problem) == {"ada": "bo"}
    solution = Solver(replace(problem, **change)).solve()  # type: ignore[arg-type]
    assert [(one.participant, one.sensei, one.constraint) for one in solution.released] == [
        ("ada", "bo", constraint)
    ]
    assert "bo" not in solution.senseis.values()


def test_a_lock_holds_over_capacity_and_below_the_least_overlap() -> None:
    far = person("far", hours=WorkingHours("Pacific/Auckland"))
    problem = PairingProblem((far, person("near")), (person("bo", 1),), WEEK, minimum_hours=20)
    assert solved(problem) == {"near": "bo"}
    assert solved(replace(problem, locked={"far": "bo", "near": "bo"})) == {"far": "bo", "near": "bo"}
    assert solved(replace(problem, locked={"far": "bo"})) == {"far": "bo"}


def test_nobody_is_their_own_sensei() -> None:
    both = person("both", 3)
    assert Solver(PairingProblem((both,), (both,), WEEK)).solve().unassigned == ("both",)


def test_a_pair_is_confidential_whoever_asked_for_it() -> None:
    problem = PairingProblem((person("ada"),), (person("bo"),), WEEK)
    for pair in (("ada", "bo"), ("bo", "ada")):
        assert solved(replace(problem, confidential=frozenset({frozenset(pair)}))) == {}


def test_somebody_who_is_there_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        PairingProblem((person("ada"), person("ada")), (), WEEK)


def test_weights_of_a_cohort_stand_in_for_the_defaults() -> None:
    assert parse_weights({}) == Weights()
    assert Weights().most == 1000
    assert parse_weights({"skills": 1000, "balance": 0}) == replace(Weights(), skills=1000, balance=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"skill": 3}, "no weight called 'skill'"),
        ({"skills": -1}, "skills cannot be -1"),
        ({"skills": 1001}, "skills cannot be 1001"),
        ({"skills": True}, "skills cannot be True"),
        ({"overlap": 2.5}, r"overlap cannot be 2\.5"),
        ({"overlap": "much"}, "overlap cannot be 'much'"),
        (
            {"skills": 0, "overlap": 0, "stacks": 0, "preferences": 0, "continuity": 0},
            "all pairs would be equally good",
        ),
    ],
)
def test_a_weight_that_cannot_be_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        parse_weights(given)
