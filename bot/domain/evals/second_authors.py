"""How far two authors, who did not see each other's expectations, expect the same of a case.

Scores use the first author's expectations alone.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from networkx import Graph
from networkx.algorithms.bipartite import hopcroft_karp_matching

from bot.domain.evals.cases import Case, Expected, ExpectedFact, ExpectedMovement, ExpectedQuestion, Place
from bot.domain.evals.intervals import Tally
from bot.domain.evals.kappa import Agreement, Labels, measure_agreement

Item = ExpectedFact | ExpectedQuestion | ExpectedMovement


class ItemAgreement(NamedTuple):
    """Two authors' agreement on facts, questions or movements.

    ``shared`` counts the items that both require, out of those that at least one requires. ``labelled`` is
    the agreement on whether a case has any or, for movements, on each check in each case.
    """

    shared: Tally
    labelled: Agreement


@dataclass(frozen=True, slots=True)
class AuthorAgreement:
    """Two authors' agreement on the cases that have both; ``without_second`` cases have only one.

    ``clean`` is about the cases in which nothing may be said. ``remarks`` has, for each case with
    differences, its name and what only one author requires.
    """

    cases: int
    without_second: int
    clean: Agreement
    facts: ItemAgreement
    questions: ItemAgreement
    movements: ItemAgreement
    remarks: tuple[tuple[str, tuple[str, ...]], ...]


def compare_authors(cases: Sequence[Case], checks: Collection[str]) -> AuthorAgreement:
    """Compare the authors of the cases that have two. ``checks`` are all checks of the rubric."""
    pairs = [_AuthorPair(case, case.second.expected) for case in cases if case.second]
    remarks = ((pair.case.name, tuple(pair.remarks())) for pair in pairs)
    return AuthorAgreement(
        cases=len(pairs),
        without_second=len(cases) - len(pairs),
        clean=measure_agreement([pair.label_clean() for pair in pairs]),
        facts=_agree_on_items([pair.facts for pair in pairs]),
        questions=_agree_on_items([pair.questions for pair in pairs]),
        movements=ItemAgreement(
            _sum_shared([pair.movements for pair in pairs]),
            measure_agreement([pair.label_movements(checks) for pair in pairs]),
        ),
        remarks=tuple((name, differences) for name, differences in remarks if differences),
    )


@dataclass(frozen=True, slots=True)
class _Matching:
    """The required items of two authors: pairs of the same item, and those that only one requires."""

    both: Sequence[tuple[Item, Item]]
    only_first: Sequence[Item]
    only_second: Sequence[Item]

    @property
    def labels(self) -> Labels:
        """Return one pair of labels: whether the first author requires any item, and the second."""
        first, second = (bool(self.both or alone) for alone in (self.only_first, self.only_second))
        return Labels([(str(first), str(second))])


class _AuthorPair:
    def __init__(self, case: Case, second: Expected) -> None:
        self.case = case
        self.first, self.second = case.definition.expected, second
        self.facts = _match(self.first.facts, second.facts, self._overlap)
        self.questions = _match(self.first.questions, second.questions, self._overlap)
        self.movements = _match(self.first.movements, second.movements, _claim_the_same)

    def label_clean(self) -> Labels:
        return Labels([(str(_is_clean(self.first)), str(_is_clean(self.second)))])

    def label_movements(self, checks: Collection[str]) -> Labels:
        first, second = _required_directions(self.first), _required_directions(self.second)
        return Labels((first.get(check, ""), second.get(check, "")) for check in checks)

    def remarks(self) -> Iterator[str]:
        if _is_clean(self.first) != _is_clean(self.second):
            yield f"clean only for the {'first' if _is_clean(self.first) else 'second'} author"
        for kind in ("facts", "questions", "movements"):
            matching: _Matching = getattr(self, kind)
            same = _claim_the_same if kind == "movements" else self._overlap
            for author, items, others in (
                ("first", matching.only_first, getattr(self.second, kind)),
                ("second", matching.only_second, getattr(self.first, kind)),
            ):
                for item in items:
                    allowed = any(not other.required and same(item, other) for other in others)
                    yield f"only the {author} author requires the {_describe(item)}" + (
                        "; the other accepts it" if allowed else ""
                    )
        for first, second in self.movements.both:
            if not self._overlap(first, second):
                yield f"both authors require the {_describe(first)}, but in different places"

    def _overlap(self, first: Item, second: Item) -> bool:
        """Return whether two items have a line in common."""
        return not self._lines(first.places).isdisjoint(self._lines(second.places))

    def _lines(self, places: Sequence[Place]) -> set[tuple[str, str, int]]:
        return {(place.side, place.path, line) for place in places for line in self.case.lines(place)}


def _match(firsts: Sequence[Item], seconds: Sequence[Item], same: Callable[[Item, Item], bool]) -> _Matching:
    """Match as many required items as possible, each with at most one of the other author's."""
    first = [item for item in firsts if item.required]
    second = [item for item in seconds if item.required]
    graph: Graph[tuple[str, int]] = Graph()
    nodes = [("first", number) for number in range(len(first))]
    graph.add_nodes_from([*nodes, *(("second", number) for number in range(len(second)))])
    graph.add_edges_from(
        (("first", n), ("second", m))
        for n, mine in enumerate(first)
        for m, other in enumerate(second)
        if same(mine, other)
    )
    partners = hopcroft_karp_matching(graph, nodes)
    return _Matching(
        both=[
            (item, second[partners["first", n][1]])
            for n, item in enumerate(first)
            if ("first", n) in partners
        ],
        only_first=[item for n, item in enumerate(first) if ("first", n) not in partners],
        only_second=[item for n, item in enumerate(second) if ("second", n) not in partners],
    )


def _agree_on_items(matchings: Sequence[_Matching]) -> ItemAgreement:
    return ItemAgreement(
        _sum_shared(matchings), measure_agreement([matching.labels for matching in matchings])
    )


def _sum_shared(matchings: Sequence[_Matching]) -> Tally:
    both = sum(len(matching.both) for matching in matchings)
    alone = sum(len(matching.only_first) + len(matching.only_second) for matching in matchings)
    return Tally(both, both + alone)


def _is_clean(expected: Expected) -> bool:
    return expected.no_questions and expected.no_facts


def _required_directions(expected: Expected) -> dict[str, str]:
    """Return the required direction of each check, or both of them, joined."""
    directions: dict[str, set[str]] = {}
    for movement in expected.movements:
        if movement.required:
            directions.setdefault(movement.check, set()).add(movement.direction)
    return {check: " and ".join(sorted(required)) for check, required in directions.items()}


def _claim_the_same(first: Item, second: Item) -> bool:
    return (
        isinstance(first, ExpectedMovement)
        and isinstance(second, ExpectedMovement)
        and (first.check, first.direction) == (second.check, second.direction)
    )


def _describe(item: Item) -> str:
    match item:
        case ExpectedMovement():
            return f"movement: {item.check} {item.direction}"
        case ExpectedFact():
            return f"fact: {item.what}"
        case ExpectedQuestion():
            return f"question: {item.decision}"
