"""Ledgers for tests: a small rubric, and movements over it that hypothesis makes up."""

from collections.abc import Callable
from typing import Any, Literal

from hypothesis import strategies as st

from bot.domain.ledger.ledger import Ledger
from bot.domain.review.report import Citation, Movement
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Rubric
from bot.ports.pull_requests import BaselineCoverage
from tests.domain import rubric_builders as rubrics
from tests.rendering.reports import citation

RUBRIC: Rubric = rubrics.rubric(
    rubrics.criterion(
        "speed", checks=[rubrics.check("speed.1"), rubrics.check("speed.2", 2), rubrics.check("speed.4", 4)]
    ),
    rubrics.criterion("safety", gate=True, checks=[rubrics.check("safety.1"), rubrics.check("safety.2", 2)]),
)
CHECKS = ("speed.1", "speed.2", "speed.4", "safety.1", "safety.2")
EMPTY = Ledger.for_rubric(RUBRIC)
QUOTES = ("alpha()", "beta()", "gamma()")
Direction = Literal["supports", "weakens"]


def movement(
    check: str = "speed.1",
    direction: Direction = "supports",
    missing: str = "",
    quotes: tuple[str, ...] = ("alpha()",),
    **place: Any,
) -> Movement:
    """A movement with one citation a quote."""
    return Movement(
        check=check,
        direction=direction,
        partial=bool(missing),
        missing=missing,
        source="model",
        citations=tuple(citation(quote, **place) for quote in quotes),
    )


def nothing_but(*quotes: str) -> Callable[[Citation], bool]:
    """A head in which only these quotes stand."""
    return lambda cited: cited.quote in quotes


MOVEMENTS = st.builds(
    movement,
    st.sampled_from(CHECKS),
    st.sampled_from(["supports", "weakens"]),
    st.sampled_from(["", "a bound", "a number"]),
    st.lists(st.sampled_from(QUOTES), min_size=1, max_size=2, unique=True).map(tuple),
    path=st.sampled_from(["a.py", "b.py"]),
    side=st.sampled_from(["head", "head", "base"]),
)
HEADS = st.sets(st.sampled_from(QUOTES)).map(lambda quotes: nothing_but(*quotes))
"""What may stand at the head of the default branch."""


def whole_tree_read(
    library: Library, stacks: tuple[str, ...] = (), missed: tuple[str, ...] = ()
) -> BaselineCoverage:
    """What a reading of a whole tree with a model looked for: all checks except those that it missed."""
    rubric = with_packs(library.rubric, [pack for pack in library.packs if pack.id in stacks])
    checks = [check.id for criterion in rubric.criteria for check in criterion.checks]
    found = tuple(check for check in checks if check not in missed)
    return BaselineCoverage("a" * 40, stacks, missed, found)
