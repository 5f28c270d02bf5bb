from typing import Any

import pytest
from pydantic import ValidationError

from bot.domain.rubrics.rubric import AntiPattern, Pack
from bot.domain.rubrics.signal_coverage import count_coverage, coverage_columns, list_coverage
from tests.domain.rubric_builders import PYTHON_TIMEOUT, check, signal

SNIPPET = {"path": "a.md", "text": "x"}
FILES = {"globs": ["*.md"], "match": [SNIPPET] * 2, "no_match": [SNIPPET] * 2}


def anti(name: str, **parts: Any) -> dict[str, Any]:
    return {"id": f"shop.{name}", "text": f"a {name} thing", "check": "shop.1", **parts}


def pack(*anti_patterns: dict[str, Any], languages: tuple[str, ...] = ("python", "go", "yaml")) -> Pack:
    return Pack.model_validate(
        {
            "schema": "dojo.stack/v1",
            "id": "shop",
            "version": "1.0.0",
            "title": "Shop",
            "languages": languages,
            "detect": {},
            "criteria": {"speed": {"checks": [check("shop.1")], "anti_patterns": anti_patterns}},
        }
    )


def test_each_anti_pattern_is_seen_explained_or_open() -> None:
    slow = anti("slow", signals=[signal()], unseen={"go": "the timeout is set by a context"})
    vague = anti("vague", unseen={"any": "only a reader can tell"})
    left = anti("left", signals=[signal(id="shop.named", languages={}, files=FILES)], unseen={"go": "no SDK"})
    first, second, third = list_coverage(pack(slow, vague, left))
    assert (first.seen, first.unseen, first.open) == (
        frozenset({"python"}),
        {"go": "the timeout is set by a context"},
        ("yaml",),
    )
    assert (second.seen, set(second.unseen), second.open) == (frozenset(), {"python", "go", "yaml"}, ())
    assert (third.seen, third.unseen, third.open) == (
        frozenset({"files"}),
        {"go": "no SDK"},
        ("python", "yaml"),
    )


def test_the_columns_are_the_packs_languages_and_files_where_a_rule_knows_any() -> None:
    named = anti("named", signals=[signal(languages={}, files=FILES)])
    assert coverage_columns(pack(anti("slow", signals=[signal()]))) == ("python", "go", "yaml")
    assert coverage_columns(pack(named)) == ("python", "go", "yaml", "files")


def test_a_rule_that_holds_for_more_languages_counts_in_each() -> None:
    script = {**PYTHON_TIMEOUT, "also": ["javascript", "tsx"]}
    seen = count_coverage(pack(anti("slow", signals=[signal(languages={"typescript": script})])))
    assert seen == {"typescript": 1, "javascript": 1, "tsx": 1}


@pytest.mark.parametrize(
    ("unseen", "expected"),
    [
        ({"python": "no"}, "at least 3"),
        ({"cobol": "nobody knows"}, "unsupported language cobol"),
        ({"python": "never seen"}, "a signal detects it in python"),
    ],
)
def test_what_cannot_be_unseen_is_refused(unseen: dict[str, str], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        AntiPattern.model_validate(anti("slow", signals=[signal()], unseen=unseen))


@pytest.mark.parametrize(
    ("also", "expected"), [(["cobol"], "unsupported language cobol"), (["python"], "two rules for python")]
)
def test_a_rule_holds_for_further_languages_that_are_supported_and_have_no_rule_yet(
    also: list[str], expected: str
) -> None:
    with pytest.raises(ValidationError, match=expected):
        AntiPattern.model_validate(
            anti("slow", signals=[signal(languages={"python": {**PYTHON_TIMEOUT, "also": also}})])
        )
