from typing import Any

import pytest

from bot.domain.review.signals import (
    SignalScanner,
    arm_signals,
    find_rule_error,
    find_snippet_errors,
    is_test_path,
    match_lines,
)
from bot.domain.rubrics.signal_rules import Signal
from tests.domain.rubric_builders import check, criterion, rubric, signal


def scanner(*signals: dict[str, Any]) -> SignalScanner:
    one = rubric(criterion("speed", weight=1, checks=[check("speed.1", signals=list(signals))]))
    return SignalScanner(arm_signals(one.criteria))


def quotes(scan: SignalScanner, path: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in scan.scan(path, text)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.py", True),
        ("app/test_a.py", True),
        ("evals/run.py", True),
        ("a_test.go", True),
        ("web/a.spec.ts", True),
        ("conftest.py", True),
        ("app/contest.py", False),
        ("app/latest/a.py", False),
        ("attest.py", False),
    ],
)
def test_tests_are_told_from_the_system(path: str, expected: bool) -> None:
    assert is_test_path(path) is expected


def test_offsets_count_characters_so_quotes_are_right_behind_any_script() -> None:
    text = "import shop\ntitle = 'é😀\u2028'\nc = Client(title)\n"
    assert quotes(scanner(signal()), "a.py", text) == ["Client(title)"]


def test_unless_silences_a_signal_for_the_whole_file() -> None:
    text = "import shop\na = Client()\nb = a.with_timeout(3)\n"
    assert quotes(scanner(signal()), "a.py", text) == []


def test_where_keeps_a_signal_out_of_tests_or_in_them() -> None:
    text = "import shop\nClient()\n"
    assert quotes(scanner(signal(where="code")), "tests/a.py", text) == []
    assert quotes(scanner(signal(where="tests")), "tests/a.py", text) == ["Client()"]
    assert quotes(scanner(signal(where="tests")), "a.py", text) == []
    assert quotes(scanner(signal(where="any")), "a.py", text) == ["Client()"]


def test_cite_quotes_the_part_that_matters() -> None:
    rule = signal()["languages"]["python"] | {"rule": {"pattern": "Client($ARG)"}, "cite": "ARG"}
    assert quotes(scanner(signal(languages={"python": rule})), "a.py", "import shop\nClient( 7 )\n") == ["7"]


def test_a_file_rule_quotes_its_lines() -> None:
    files = {
        "globs": [".github/workflows/*.yml"],
        "line": r"run:.*evals",
        "match": [{"path": ".github/workflows/a.yml", "text": "run: evals"}] * 2,
        "no_match": [{"path": "a.yml", "text": "run: evals"}] * 2,
    }
    scan = scanner(signal(languages={}, files=files))
    text = "jobs:\n  - run: make evals\n  - run: make\n"
    assert quotes(scan, ".github/workflows/ci.yml", text) == ["  - run: make evals"]
    assert quotes(scan, "ci.yml", text) == []


def test_without_a_line_the_first_that_is_not_blank_is_quoted() -> None:
    rule = Signal.model_validate(
        signal(
            languages={},
            files={
                "globs": ["AGENTS.md"],
                "match": [{"path": "AGENTS.md", "text": "x"}] * 2,
                "no_match": [{"path": "b", "text": "x"}] * 2,
            },
        )
    ).files
    assert rule
    assert match_lines(rule, "\n \n# Rules\nmore\n") == [(3, 10)]
    assert match_lines(rule, "\n\n") == []


@pytest.mark.parametrize("bad", [{"kind": "no_such_kind"}, {"pattern": ""}, {"bogus": 1}, {}])
def test_a_rule_that_does_not_compile_is_told_in_one_line(bad: dict[str, Any]) -> None:
    parsed = Signal.model_validate(
        signal(languages={"python": signal()["languages"]["python"] | {"rule": bad}})
    )
    error = find_rule_error(parsed.languages["python"], "python")
    assert error
    assert "\n" not in error
    assert "backtrace" not in error.lower()


def test_snippets_that_do_not_do_what_they_stand_for_are_named() -> None:
    rule = signal()["languages"]["python"]
    swapped = rule | {"match": rule["no_match"], "no_match": rule["match"]}
    found = list(find_snippet_errors(Signal.model_validate(signal(languages={"python": swapped}))))
    assert [where[-2:] for where, _ in found] == [
        ("match", 0),
        ("match", 1),
        ("no_match", 0),
        ("no_match", 1),
    ]
    assert list(find_snippet_errors(Signal.model_validate(signal()))) == []


def test_a_file_of_no_known_language_is_not_parsed() -> None:
    assert quotes(scanner(signal()), "notes.txt", "import shop\nClient()\n") == []
    assert not scanner(signal()).cares_for("notes.txt")
    assert scanner(signal()).cares_for("deep/a.py")
