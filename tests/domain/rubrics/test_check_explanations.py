"""What a check asks is found by its name, and what was meant by one that is none."""

import pytest

from bot.adapters.files import rubrics
from bot.domain.rubrics.check_explanations import CheckExplanation, NearestChecks, explain_check
from bot.domain.rubrics.overlays import asks_by_check
from tests.workflows.shop import LIBRARY

SHIPPED = rubrics.load("capstone", None, None)


@pytest.mark.parametrize(("name", "origin"), [("speed.1", "small 1.0.0"), ("Shop.Batch", "Shop, shop 1.0.0")])
def test_a_check_is_explained_with_where_it_is_from(name: str, origin: str) -> None:
    found = explain_check(LIBRARY, name)
    assert isinstance(found, CheckExplanation)
    assert found.check.id == name.lower()
    assert (found.origin, found.sources) == (origin, ())
    assert found.criterion.id == "speed"


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        (
            "amazon-bedrock.guardrail",
            [
                "Use the ApplyGuardrail API in your application",
                "Query a knowledge base and generate responses",
            ],
        ),
        ("anthropic.cache-layout", ["Extended thinking", "Prompt caching"]),
        ("openai.snapshot", ["Models"]),
        ("openai.finish-reason", []),  # its pack has no source about that
        ("reliability.2", []),
    ],
)
def test_the_sources_that_are_about_a_check_are_shown_and_no_others(name: str, titles: list[str]) -> None:
    found = explain_check(SHIPPED, name)
    assert isinstance(found, CheckExplanation)
    assert [source.title for source in found.sources] == titles


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("sped.1", ("speed.1",)),
        ("safety-1", ("safety.1",)),
        ("batch", ("shop.batch",)),
        ("shop.bach", ("shop.batch",)),
    ],
)
def test_only_near_names_are_offered(name: str, near: tuple[str, ...]) -> None:
    assert explain_check(LIBRARY, name) == NearestChecks(True, near)


@pytest.mark.parametrize(
    ("name", "group", "first"),
    [
        ("reliability", "Reliability", "reliability.1"),
        ("relaibility", "Reliability", "reliability.1"),
        ("reliability.99", "Reliability", "reliability.1"),
        ("openai", "OpenAI", "openai.finish-reason"),
        ("openai.model-version", "OpenAI", "openai.finish-reason"),
    ],
)
def test_the_name_of_a_criterion_or_a_pack_lists_its_checks(name: str, group: str, first: str) -> None:
    found = explain_check(SHIPPED, name)
    assert isinstance(found, NearestChecks)
    assert (found.asked, found.group, found.checks[0]) == (True, group, first)
    assert len(found.checks) > 3


def test_no_name_is_answered_with_an_example() -> None:
    groups = ("speed", "safety", "shop")
    assert explain_check(LIBRARY, "") == NearestChecks(False, ("speed.1",), groups=groups)


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 80, "审查", "timeout", "secrets.1"])
def test_nothing_is_near_to_what_is_no_name(name: str) -> None:
    found = explain_check(SHIPPED, name)
    assert isinstance(found, NearestChecks)
    assert (found.asked, found.checks, found.group) == (True, (), "")
    assert found.groups[0] == "outcome"


def test_every_shipped_check_is_explained_by_its_name() -> None:
    for name, ask in asks_by_check(SHIPPED).items():
        found = explain_check(SHIPPED, name)
        assert isinstance(found, CheckExplanation)
        assert found.check.ask == ask
        assert len(found.sources) <= (0 if found.origin.startswith("capstone ") else 2)
