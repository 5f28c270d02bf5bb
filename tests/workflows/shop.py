"""A small rubric about a shop's client, for tests of the review."""

from typing import Any

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.rubrics.rubric import Library, Pack
from tests.domain.rubric_builders import check, criterion, rubric, signal

RULE = {"imports": ["shop"], "match": ["import shop\nx()"] * 2, "no_match": ["x"] * 2}


def rule(pattern: str) -> dict[str, Any]:
    """A rule for a pattern in files that import shop; its snippets are not run here."""
    return {"python": RULE | {"rule": {"pattern": pattern}}}


def question(name: str, pattern: str) -> dict[str, Any]:
    """A signal that asks its check's probe."""
    return {"id": name, "yields": "question", "languages": rule(pattern)}


BOUND = {
    "id": "shop.bound",
    "yields": "evidence",
    "partial": True,
    "missing": "a failing case",
    "languages": rule("bounded($$$)"),
}
SPEED = criterion(
    "speed",
    weight=0.6,
    checks=[
        check("speed.1", signals=[BOUND, question("shop.cache", "cache($$$)")], document=True),
        check("speed.2", 2, document=True),
    ],
    anti_patterns=[{"id": "speed.slow", "text": "slow thing", "check": "speed.2", "signals": [signal()]}],
)
SAFETY = criterion(
    "safety",
    weight=0.4,
    gate=True,
    checks=[check("safety.1", signals=[question("shop.trust", "trust($$$)")], document=True)],
)
PACK = Pack.model_validate(
    {
        "schema": "dojo.stack/v1",
        "id": "shop",
        "version": "1.0.0",
        "title": "Shop",
        "languages": ["python"],
        "detect": {"imports": {"python": ["shop"]}, "dependencies": {"python": ["shop-sdk"]}},
        "criteria": {"speed": {"checks": [check("shop.batch", 2)]}},
    }
)
LIBRARY = Library(rubric(SPEED, SAFETY), (PACK,))
RULES = ArticulationRules.for_library(load_guide(), LIBRARY)
