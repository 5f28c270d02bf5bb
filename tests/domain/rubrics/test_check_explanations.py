"""What a check asks is found by its name, and what was meant by one that is none."""

from datetime import date

import pytest

from bot.adapters.files import rubrics
from bot.domain.rubrics.check_explanations import CheckExplanation, NearestChecks, explain_check
from bot.domain.rubrics.overlays import asks_by_check
from bot.domain.rubrics.rubric import Library, Source
from tests.workflows.shop import LIBRARY, PACK

SOURCE = Source(
    title="Batches",
    url="https://example.com/batches",
    settles="what waits",
    checked=date(2026, 11, 1),
    state="read",
)
SOURCED = Library(LIBRARY.rubric, (PACK.model_copy(update={"sources": (SOURCE,)}),))


@pytest.mark.parametrize(
    ("name", "origin", "sources"),
    [("speed.1", "small 1.0.0", ()), ("Shop.Batch", "Shop, shop 1.0.0", (SOURCE,))],
)
def test_a_check_is_explained_with_what_its_pack_says_is_to_be_read(
    name: str, origin: str, sources: tuple[Source, ...]
) -> None:
    found = explain_check(SOURCED, name)
    assert isinstance(found, CheckExplanation)
    assert found.check.id == name.lower()
    assert (found.origin, found.sources) == (origin, sources)
    assert found.criterion.id == "speed"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("sped.1", "speed.1"),
        ("speed", "speed.1"),
        ("safety-1", "safety.1"),
        ("batch", "shop.batch"),
        ("", "speed.1"),
    ],
)
def test_the_nearest_names_are_those_of_checks(name: str, near: str) -> None:
    found = explain_check(LIBRARY, name)
    assert isinstance(found, NearestChecks)
    assert found.checks[0] == near
    assert found.asked == bool(name)
    assert len(found.checks) <= 3


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 80, "审查"])
def test_nothing_is_near_to_what_is_no_name(name: str) -> None:
    assert explain_check(LIBRARY, name) == NearestChecks(True, ())


def test_every_shipped_check_is_explained_by_its_name() -> None:
    library = rubrics.load("capstone", None, None)
    for name, ask in asks_by_check(library).items():
        found = explain_check(library, name)
        assert isinstance(found, CheckExplanation)
        assert found.check.ask == ask
        pack = not found.origin.startswith("capstone ")
        assert bool(found.sources) == pack, name
