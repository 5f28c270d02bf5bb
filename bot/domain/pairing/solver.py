"""Who gets whom: a min-cost flow, solved by networkx, with a proof that nothing better was left out.

Every participant is a unit that flows to a sensei (for what the pair's fit is short of) and on to the sink
through one of the sensei's places, or straight to the sink, unassigned, which costs more than everything
else together. A sensei's later places cost more than the first ones: that is balance.

Costs are integers whose upper digits decide before the lower ones do:

1. how many are unassigned;
2. with ``AllowedChange.FEWEST``: how many pairs that stand are changed;
3. the points of the pairs less what balance costs;
4. how many differ from a pairing that is asked to be stayed near to (a counterfactual's);
5. a tie-break: a fixed number for each pair, made of both ids.

The fifth makes the best pairing unique but for a chance of one in thousands, and favours nobody's name. What
is still a tie is decided by the order of ids: people are sorted before anything else happens.

Of a large cohort not every pair is put to the solver. It starts with each participant's likeliest senseis,
takes the price of a place at each sensei from the result (the shortest ways through its residual graph), and
adds every pair that would be worth more than its price. When there is none, the prices prove that no pair
that was left out could better the result (linear programming duality): it is exact.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import count

import networkx as nx

from bot.domain.pairing.fit import Fit, PairReason
from bot.domain.pairing.problem import AllowedChange, Constraint, PairingProblem

_TIES = (1 << 31) - 1
"""Tie-breaks are below this (a Mersenne prime): 200,000 pairs seldom make two equal sums."""
_SMALL = 2_000
"""So many pairs are all put to the solver at once."""
_FIRST = 3
_LIKELIEST = 6
_MARGIN = 40
"""How many points above its best a sensei may be and still be likely. These four were tried on the cohorts
of benchmarks/pairing.py: others give the same pairing in another time, on those mostly a longer one."""
_ANEW = 4
"""In how many rounds what seemed likely with earlier prices is left out again."""
_SINK = -1


@dataclass(frozen=True, slots=True)
class SolvedPair:
    """Two who go together. ``fit`` in points; ``current``: a pair already; ``locked``: it must stay."""

    participant: str
    sensei: str
    fit: int
    current: bool
    locked: bool
    reasons: tuple[PairReason, ...]


@dataclass(frozen=True, slots=True)
class ReleasedLock:
    """A lock that could not hold, and the constraint that broke it."""

    participant: str
    sensei: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Solution:
    """The best pairing. Everything is sorted by participant; paused people are not in it.

    ``points`` are the sum of the pairs' fit, ``balance`` what uneven loads cost, ``fit`` the difference: the
    cohort's fit, of at most ``most`` points.
    """

    pairs: tuple[SolvedPair, ...]
    unassigned: tuple[str, ...]
    points: int
    balance: int
    most: int
    released: tuple[ReleasedLock, ...] = ()

    @property
    def fit(self) -> int:
        """The cohort's fit, in points."""
        return self.points - self.balance

    @property
    def senseis(self) -> dict[str, str]:
        """Who has whom, by participant."""
        return {pair.participant: pair.sensei for pair in self.pairs}


class Solver:
    """A problem made ready: solve it, and ask about its result, as often as needed."""

    def __init__(self, problem: PairingProblem) -> None:
        self.problem = problem
        self.fit = Fit(problem)
        self.participants = sorted(one.id for one in problem.participants if not one.paused)
        active = sorted((one for one in problem.senseis if not one.paused), key=lambda one: one.id)
        self.senseis = [one.id for one in active]
        self.capacity = [max(one.profile.capacity, 0) for one in active]
        self._sensei_number = {sensei: number for number, sensei in enumerate(self.senseis)}
        self._participant_number = {one: number for number, one in enumerate(self.participants)}
        self._rows = [self.fit.row(participant, self.senseis) for participant in self.participants]
        self._sensei_prints = [_fingerprint(sensei) for sensei in self.senseis]
        self._scale()
        self._costs = [self._row_costs(number) for number in range(len(self.participants))]
        self.locks, self.released = self._locks()
        self._complete = len(self.participants) * len(self.senseis) <= _SMALL
        self._columns: list[set[int]] = self._first_columns()

    def solve(self) -> Solution:
        """Return the best pairing."""
        return self.solution(self.assigned(self.locks))

    # Below: numbers instead of ids, for the neighbours in this package.

    def number(self, participant: str, sensei: str) -> tuple[int, int]:
        """Return the numbers of two people who take part."""
        return self._participant_number[participant], self._sensei_number[sensei]

    def allowed(self, participant: int) -> list[int]:
        """Return the senseis whom a participant may have, capacity aside."""
        return [sensei for sensei, points in enumerate(self._rows[participant]) if points is not None]

    def balance(self, sensei: int, place: int) -> int:
        """Return what the ``place``-th participant (from 1) of a sensei costs, in points.

        Summed over a sensei's places this is weight x load² / (2 x capacity): least where all loads are the
        same share of the capacities.
        """
        return self.problem.weights.balance * (2 * place - 1) // (2 * max(self.capacity[sensei], 1))

    def assigned(
        self, fixed: Mapping[int, int], near: Sequence[int | None] | None = None
    ) -> list[int | None]:
        """Return each participant's sensei in the best pairing that holds ``fixed``.

        Of equally good ones it is that which differs least from ``near``.
        """
        used = [0] * len(self.senseis)
        for sensei in fixed.values():
            used[sensei] += 1
        open_ = [capacity > taken for capacity, taken in zip(self.capacity, used, strict=True)]
        free = [one for one in range(len(self.participants)) if one not in fixed]
        costs = {one: self._near_costs(one, near) for one in free}
        for step in count():
            chosen = self._flow(costs, used, open_)
            if self._complete:
                break
            prices = self._prices(chosen, costs, used, open_)
            if not self._add_columns(chosen, costs, prices, open_, anew=step < _ANEW):
                break
        return [fixed.get(one, chosen.get(one)) for one in range(len(self.participants))]

    def solution(self, assigned: Sequence[int | None]) -> Solution:
        """Return a pairing in numbers as one in ids, with its points and reasons."""
        problem = self.problem
        pairs, loads = [], [0] * len(self.senseis)
        for one, number in zip(self.participants, assigned, strict=True):
            if number is None:
                continue
            sensei = self.senseis[number]
            loads[number] += 1
            pairs.append(
                SolvedPair(
                    one,
                    sensei,
                    self.fit.points(one, sensei),
                    problem.current.get(one) == sensei,
                    problem.locked.get(one) == sensei,
                    self.fit.reasons(one, sensei),
                )
            )
        return Solution(
            tuple(pairs),
            tuple(one for one, number in zip(self.participants, assigned, strict=True) if number is None),
            sum(pair.fit for pair in pairs),
            sum(
                self.balance(sensei, place)
                for sensei, load in enumerate(loads)
                for place in range(1, load + 1)
            ),
            len(pairs) * problem.weights.most,
            self.released,
        )

    def _scale(self) -> None:
        """What one of each level costs: more than all that the levels below can come to."""
        many = len(self.participants) + 1
        weights = self.problem.weights
        self._differs = many * _TIES
        self._point = many * self._differs
        everything = many * self._point * (weights.most + weights.balance + 1)
        self._change = everything if self.problem.change is AllowedChange.FEWEST else 0
        self._unassigned = many * max(everything, self._change)

    def _row_costs(self, participant: int) -> list[int | None]:
        one, most = self.participants[participant], self.problem.weights.most
        mine, current = _fingerprint(one), self._sensei_number.get(self.problem.current.get(one, ""))
        return [
            None
            if points is None
            else (most - points) * self._point
            + mine * theirs % _TIES
            + (self._change if current is not None and sensei != current else 0)
            for sensei, (points, theirs) in enumerate(
                zip(self._rows[participant], self._sensei_prints, strict=True)
            )
        ]

    def _locks(self) -> tuple[dict[int, int], tuple[ReleasedLock, ...]]:
        """Locks that hold, and those that do not."""
        holds, released = {}, []
        for participant, sensei in sorted(self.problem.locked.items()):
            bars = self.fit.bars(participant, sensei) - {Constraint.OVERLAP}
            if bars:
                released.append(ReleasedLock(participant, sensei, first(bars)))
            else:
                holds[self._participant_number[participant]] = self._sensei_number[sensei]
        return holds, tuple(released)

    def _near_costs(self, participant: int, near: Sequence[int | None] | None) -> "_Costs":
        """What each sensei costs a participant, and what none does. Staying near is a little cheaper."""
        current = self._sensei_number.get(self.problem.current.get(self.participants[participant], ""))
        costs, none = self._costs[participant], self._unassigned + (0 if current is None else self._change)
        if near is not None:
            stays = near[participant]
            if stays is None:
                none -= self._differs
            elif (cost := costs[stays]) is not None:
                costs = [*costs]
                costs[stays] = cost - self._differs
        return _Costs(costs, none)

    def _first_columns(self) -> list[set[int]]:
        if self._complete:
            return [{*self.allowed(one)} for one in range(len(self.participants))]
        return [
            {*nsmallest(_FIRST, self.allowed(one), key=lambda sensei: costs[sensei] or 0)}
            for one, costs in enumerate(self._costs)
        ]

    def _flow(
        self, costs: "Mapping[int, _Costs]", used: Sequence[int], open_: Sequence[bool]
    ) -> dict[int, int | None]:
        """Return the cheapest flow over the columns, as each participant's sensei."""
        if not costs:
            return {}
        many = len(self.participants)
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        graph.add_node(_SINK, demand=len(costs))
        for one, mine in costs.items():
            graph.add_node(one, demand=-1)
            graph.add_edge(one, _SINK, capacity=1, weight=mine.none)
            for sensei in sorted(self._columns[one]):
                cost = mine.sensei[sensei]
                if open_[sensei] and cost is not None:
                    graph.add_edge(one, many + sensei, capacity=1, weight=cost)
        for sensei, capacity in enumerate(self.capacity):
            for place in range(used[sensei] + 1, capacity + 1):
                cost = self.balance(sensei, place) * self._point
                graph.add_edge(many + sensei, _SINK, capacity=1, weight=cost)
        _, flow = nx.network_simplex(graph)
        return {
            one: next(
                (end - many for end, keys in flow[one].items() if end != _SINK and any(keys.values())), None
            )
            for one in costs
        }

    def _prices(
        self,
        chosen: Mapping[int, int | None],
        costs: "Mapping[int, _Costs]",
        used: Sequence[int],
        open_: Sequence[bool],
    ) -> list[int]:
        """Return what one more participant would cost at each open sensei, over the columns.

        It is the shortest way to the sink through the residual graph, participants left out: one who has a
        place may give it up for another one, or for none.
        """
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(_SINK)
        loads = [*used]

        def lead(begin: int, end: int, weight: int) -> None:
            # Turned round: the ways that lead to the sink are found from there.
            if weight < graph.get_edge_data(end, begin, {"weight": weight + 1})["weight"]:
                graph.add_edge(end, begin, weight=weight)

        for one, sensei in chosen.items():
            if sensei is None:
                continue
            loads[sensei] += 1
            mine = costs[one]
            given_up = mine.cost(sensei)
            lead(sensei, _SINK, mine.none - given_up)
            for other in self._columns[one]:
                if other != sensei and open_[other]:
                    lead(sensei, other, mine.cost(other) - given_up)
        for sensei, load in enumerate(loads):
            if load < self.capacity[sensei]:
                lead(sensei, _SINK, self.balance(sensei, load + 1) * self._point)
        found = nx.single_source_bellman_ford_path_length(graph, _SINK)
        return [int(found.get(sensei, 0)) for sensei in range(len(self.senseis))]

    def _add_columns(
        self,
        chosen: Mapping[int, int | None],
        costs: "Mapping[int, _Costs]",
        prices: Sequence[int],
        open_: Sequence[bool],
        *,
        anew: bool,
    ) -> bool:
        """Take in senseis who were left out and would better the result; return whether there are any.

        ``anew``: with these prices, take the likeliest for everybody, and leave out those that were likely
        before. What was chosen is always among them.
        """
        found = False
        for one, sensei in chosen.items():
            mine, known = costs[one], self._columns[one]
            now = mine.none if sensei is None else mine.cost(sensei) + prices[sensei]
            likely = nsmallest(
                _LIKELIEST,
                [
                    (cost + price, other)
                    for other, (cost, price) in enumerate(zip(mine.sensei, prices, strict=True))
                    if cost is not None and open_[other] and cost + price < now + _MARGIN * self._point
                ],
            )
            better = {other for total, other in likely if total < now} - known
            found = found or bool(better)
            if anew:
                self._columns[one] = {other for _, other in likely} | (
                    {sensei} if sensei is not None else set()
                )
            else:
                known |= better
        return found


@dataclass(frozen=True, slots=True)
class _Costs:
    """What each sensei costs one participant (None: barred), and what it costs to have none."""

    sensei: Sequence[int | None]
    none: int

    def cost(self, sensei: int) -> int:
        """Return the cost of a sensei who is not barred."""
        cost = self.sensei[sensei]
        if cost is None:
            raise ValueError("this pair is barred")
        return cost


def first(constraints: Iterable[Constraint]) -> Constraint:
    """Return the constraint to name where several stand in the way."""
    return min(constraints, key=[*Constraint].index)


def _fingerprint(person: str) -> int:
    return int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big") % (_TIES - 1) + 1
