"""Finds the best pairing: a min-cost flow, solved by networkx and proven to be optimal.

Every participant is a unit of flow. It flows to a sensei, at a cost of the points that the pair falls short
of the maximum fit, and on to the sink through one of the sensei's places. Or it flows straight to the sink,
unassigned, which costs more than everything else combined. A sensei's later places cost more than the first
ones, which balances the load.

Costs are integers whose higher digits take precedence over the lower ones:

1. the number of unassigned participants;
2. with ``AllowedChange.FEWEST``: the number of existing pairs that change;
3. the points of the pairs, less the cost of balance;
4. for a counterfactual, the number of pairs that differ from a given pairing;
5. a tie-break: a fixed number for each pair, made of both ids.

The fifth makes the best pairing unique in all but one of thousands of cases, and favours no one's name. Any
remaining tie is decided by the order of ids, because people are sorted first.

For a large cohort, the flow does not contain every pair. The solver starts with each participant's most
likely senseis. From the result, it computes the price of a place at each sensei (shortest paths through the
residual graph), and adds every pair that is worth more than its price. When there are none left, the prices
prove that no other pair could improve the result (linear programming duality), so it is exact.
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
"""Upper bound of tie-breaks (a Mersenne prime). With 200,000 pairs, equal sums are rare."""
_SMALL = 2_000
"""Maximum number of pairs for which the flow contains them all."""
_FIRST = 3
_LIKELIEST = 6
_MARGIN = 40
"""Maximum points below the best sensei to count as likely.

These four constants were tuned on the cohorts of benchmarks/pairing.py. Other values give the same pairing,
but are mostly slower.
"""
_RENEWING_ROUNDS = 4
"""Number of first rounds in which senseis who seemed likely at earlier prices are dropped again."""
_SINK = -1


@dataclass(frozen=True, slots=True)
class SolvedPair:
    """A pair in the solution, with its fit in points. It may be ``current`` (already exist) or ``locked``."""

    participant: str
    sensei: str
    fit: int
    current: bool
    locked: bool
    reasons: tuple[PairReason, ...]


@dataclass(frozen=True, slots=True)
class ReleasedLock:
    """A lock that could not hold, and the constraint that released it."""

    participant: str
    sensei: str
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Solution:
    """The best pairing, sorted by participant, without paused people.

    ``points`` is the sum of the pairs' fit, ``balance`` the cost of uneven loads, and ``fit`` the difference,
    which is the cohort's fit (at most ``most`` points).
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
        """Each participant's sensei."""
        return {pair.participant: pair.sensei for pair in self.pairs}


class Solver:
    """Solves a problem and answers questions about the result. Both can be repeated."""

    def __init__(self, problem: PairingProblem) -> None:
        self.problem = problem
        self.fit = Fit(problem)
        self.participants = sorted(person.id for person in problem.participants if not person.paused)
        active = sorted(
            (sensei for sensei in problem.senseis if not sensei.paused), key=lambda sensei: sensei.id
        )
        self.senseis = [sensei.id for sensei in active]
        self.capacity = [max(sensei.profile.capacity, 0) for sensei in active]
        self._sensei_number = {sensei: number for number, sensei in enumerate(self.senseis)}
        self._participant_number = {
            participant: number for number, participant in enumerate(self.participants)
        }
        self._rows = [self.fit.row(participant, self.senseis) for participant in self.participants]
        self._sensei_prints = [_fingerprint(sensei) for sensei in self.senseis]
        self._set_costs()
        self._costs = [self._calculate_costs(number) for number in range(len(self.participants))]
        self.locks, self.released = self._check_locks()
        self._complete = len(self.participants) * len(self.senseis) <= _SMALL
        self._columns: list[set[int]] = self._choose_first_columns()

    def solve(self) -> Solution:
        """Return the best pairing."""
        return self.solution(self.assigned(self.locks))

    # The methods below are for other modules of this package. They use numbers instead of ids.

    def number(self, participant: str, sensei: str) -> tuple[int, int]:
        """Return the numbers of a participant and a sensei. Both must be taking part."""
        return self._participant_number[participant], self._sensei_number[sensei]

    def allowed(self, participant: int) -> list[int]:
        """Return the senseis that a participant may have, ignoring capacity."""
        return [sensei for sensei, points in enumerate(self._rows[participant]) if points is not None]

    def balance(self, sensei: int, place: int) -> int:
        """Return the cost of the ``place``-th participant (from 1) of a sensei, in points.

        The sum over a sensei's places is weight x load² / (2 x capacity). It is smallest if every load is the
        same share of its capacity.
        """
        return self.problem.weights.balance * (2 * place - 1) // (2 * max(self.capacity[sensei], 1))

    def assigned(
        self, fixed: Mapping[int, int], near: Sequence[int | None] | None = None
    ) -> list[int | None]:
        """Return each participant's sensei in the best pairing that contains ``fixed``.

        Among equally good pairings, return the one that differs least from ``near``.
        """
        used = [0] * len(self.senseis)
        for sensei in fixed.values():
            used[sensei] += 1
        open_ = [capacity > taken for capacity, taken in zip(self.capacity, used, strict=True)]
        free = [number for number in range(len(self.participants)) if number not in fixed]
        costs = {number: self._favour_near(number, near) for number in free}
        for step in count():
            chosen = self._solve_flow(costs, used, open_)
            if self._complete:
                break
            prices = self._find_prices(chosen, costs, used, open_)
            if not self._add_columns(chosen, costs, prices, open_, renew=step < _RENEWING_ROUNDS):
                break
        return [fixed.get(number, chosen.get(number)) for number in range(len(self.participants))]

    def solution(self, assigned: Sequence[int | None]) -> Solution:
        """Convert a pairing from numbers to ids, with its points and reasons."""
        problem = self.problem
        pairs, loads = [], [0] * len(self.senseis)
        for participant, number in zip(self.participants, assigned, strict=True):
            if number is None:
                continue
            sensei = self.senseis[number]
            loads[number] += 1
            pairs.append(
                SolvedPair(
                    participant,
                    sensei,
                    self.fit.points(participant, sensei),
                    problem.current.get(participant) == sensei,
                    problem.locked.get(participant) == sensei,
                    self.fit.reasons(participant, sensei),
                )
            )
        return Solution(
            tuple(pairs),
            tuple(
                participant
                for participant, number in zip(self.participants, assigned, strict=True)
                if number is None
            ),
            sum(pair.fit for pair in pairs),
            sum(
                self.balance(sensei, place)
                for sensei, load in enumerate(loads)
                for place in range(1, load + 1)
            ),
            len(pairs) * problem.weights.most,
            self.released,
        )

    def _set_costs(self) -> None:
        """Set the cost of one unit on each level to more than the maximum total of all lower levels."""
        many = len(self.participants) + 1
        weights = self.problem.weights
        self._differs = many * _TIES
        self._point = many * self._differs
        everything = many * self._point * (weights.most + weights.balance + 1)
        self._change = everything if self.problem.change is AllowedChange.FEWEST else 0
        self._unassigned = many * max(everything, self._change)

    def _calculate_costs(self, participant: int) -> list[int | None]:
        person, most = self.participants[participant], self.problem.weights.most
        mine, current = _fingerprint(person), self._sensei_number.get(self.problem.current.get(person, ""))
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

    def _check_locks(self) -> tuple[dict[int, int], tuple[ReleasedLock, ...]]:
        """Return the locks that hold and those that do not."""
        holds, released = {}, []
        for participant, sensei in sorted(self.problem.locked.items()):
            bars = self.fit.bars(participant, sensei) - {Constraint.OVERLAP}
            if bars:
                released.append(ReleasedLock(participant, sensei, first_constraint(bars)))
            else:
                holds[self._participant_number[participant]] = self._sensei_number[sensei]
        return holds, tuple(released)

    def _favour_near(self, participant: int, near: Sequence[int | None] | None) -> "_Costs":
        """Return a participant's costs, with a small discount for their sensei in the ``near`` pairing."""
        current = self._sensei_number.get(self.problem.current.get(self.participants[participant], ""))
        costs, none = self._costs[participant], self._unassigned + (0 if current is None else self._change)
        if near is not None:
            favoured = near[participant]
            if favoured is None:
                none -= self._differs
            elif (cost := costs[favoured]) is not None:
                costs = [*costs]
                costs[favoured] = cost - self._differs
        return _Costs(costs, none)

    def _choose_first_columns(self) -> list[set[int]]:
        if self._complete:
            return [{*self.allowed(participant)} for participant in range(len(self.participants))]
        return [
            {*nsmallest(_FIRST, self.allowed(participant), key=lambda sensei: costs[sensei] or 0)}
            for participant, costs in enumerate(self._costs)
        ]

    def _solve_flow(
        self, costs: "Mapping[int, _Costs]", used: Sequence[int], open_: Sequence[bool]
    ) -> dict[int, int | None]:
        """Return each participant's sensei in the cheapest flow over the columns."""
        if not costs:
            return {}
        many = len(self.participants)
        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
        graph.add_node(_SINK, demand=len(costs))
        for participant, mine in costs.items():
            graph.add_node(participant, demand=-1)
            graph.add_edge(participant, _SINK, capacity=1, weight=mine.none)
            for sensei in sorted(self._columns[participant]):
                cost = mine.sensei[sensei]
                if open_[sensei] and cost is not None:
                    graph.add_edge(participant, many + sensei, capacity=1, weight=cost)
        for sensei, capacity in enumerate(self.capacity):
            for place in range(used[sensei] + 1, capacity + 1):
                cost = self.balance(sensei, place) * self._point
                graph.add_edge(many + sensei, _SINK, capacity=1, weight=cost)
        _, flow = nx.network_simplex(graph)
        return {
            participant: next(
                (
                    end - many
                    for end, keys in flow[participant].items()
                    if end != _SINK and any(keys.values())
                ),
                None,
            )
            for participant in costs
        }

    def _find_prices(
        self,
        chosen: Mapping[int, int | None],
        costs: "Mapping[int, _Costs]",
        used: Sequence[int],
        open_: Sequence[bool],
    ) -> list[int]:
        """Return the cost of one more participant at each open sensei, over the columns.

        It is the shortest path to the sink through the residual graph without the participants: a participant
        with a place may exchange it for another one, or give it up.
        """
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_node(_SINK)
        loads = [*used]

        def add_reversed(begin: int, end: int, weight: int) -> None:
            # Edges are reversed, because the search for paths to the sink starts at the sink.
            if weight < graph.get_edge_data(end, begin, {"weight": weight + 1})["weight"]:
                graph.add_edge(end, begin, weight=weight)

        for participant, sensei in chosen.items():
            if sensei is None:
                continue
            loads[sensei] += 1
            mine = costs[participant]
            given_up = mine.cost(sensei)
            add_reversed(sensei, _SINK, mine.none - given_up)
            for other in self._columns[participant]:
                if other != sensei and open_[other]:
                    add_reversed(sensei, other, mine.cost(other) - given_up)
        for sensei, load in enumerate(loads):
            if load < self.capacity[sensei]:
                add_reversed(sensei, _SINK, self.balance(sensei, load + 1) * self._point)
        found = nx.single_source_bellman_ford_path_length(graph, _SINK)
        return [int(found.get(sensei, 0)) for sensei in range(len(self.senseis))]

    def _add_columns(
        self,
        chosen: Mapping[int, int | None],
        costs: "Mapping[int, _Costs]",
        prices: Sequence[int],
        open_: Sequence[bool],
        *,
        renew: bool,
    ) -> bool:
        """Add the senseis who would improve the result. Return whether there are any.

        ``renew`` replaces each participant's senseis with the most likely ones at these prices, but always
        keeps the chosen one.
        """
        found = False
        for participant, sensei in chosen.items():
            mine, known = costs[participant], self._columns[participant]
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
            if renew:
                self._columns[participant] = {other for _, other in likely} | (
                    {sensei} if sensei is not None else set()
                )
            else:
                known |= better
        return found


@dataclass(frozen=True, slots=True)
class _Costs:
    """The cost of each sensei for a participant (None means forbidden), and of having no sensei."""

    sensei: Sequence[int | None]
    none: int

    def cost(self, sensei: int) -> int:
        """Return the cost of a sensei who is not forbidden."""
        cost = self.sensei[sensei]
        if cost is None:
            raise ValueError("this pair is forbidden")
        return cost


def first_constraint(constraints: Iterable[Constraint]) -> Constraint:
    """Return the constraint to name when several forbid a pair."""
    return min(constraints, key=[*Constraint].index)


def _fingerprint(person: str) -> int:
    return int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big") % (_TIES - 1) + 1
