"""No text of a report leaves with a secret in it, whichever field holds it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.adapters import kingfisher
from bot.adapters.files.rubrics import load
from bot.domain.review.report import Report
from bot.domain.review.report_redaction import redact_report
from bot.domain.secrets.detection import Redactor, detect_nothing
from tests.keys import some

KEY = "gh" + "p_" + some(36)
KNOWN = "correct-horse-battery-42"  # nothing but a file that was read gives it away
SHA = "0123456789abcdef0123456789abcdef01234567"
CITATION = {
    "source": "commit", "path": "a.py", "commit": SHA, "side": "head", "line_start": 1, "line_end": 1,
    "quote": "x = 1", "redacted": False,
}  # fmt: skip
REPORT: dict[str, Any] = {
    "schema": "sensei.report/1", "kind": "change", "mode": "model", "complete": False,
    "incomplete_because": ["why"], "base": SHA, "head": SHA,
    "rubric": {"id": "capstone", "version": "3", "sha256": "5e" * 32},
    "stacks": ["anthropic"],
    "stack_evidence": [{
        "stack": "anthropic", "title": "Anthropic", "folder": "api", "kind": "import", "what": "anthropic",
        "path": "api/a.py", "line": 1,
    }],
    "model": {"provider": "anthropic", "id": "claude-sonnet-5-20260929",
              "prompts": {"read": "3@" + "5e" * 32}},
    "touched": ["agent.tools"],
    "movements": [{
        "check": "agent.tools", "direction": "supports", "partial": False, "missing": "a test",
        "source": "model", "citations": [CITATION],
    }],
    "concerns": [{
        "signal": "secret.jwt", "check": "agent.tools", "text": "a fact", "source": "model",
        "citation": CITATION, "excerpt": [{"line": 1, "text": "x = 1"}],
    }],
    "questions": [{"check": "agent.tools", "text": "What if?", "source": "model", "citation": CITATION,
                   "excerpt": [{"line": 1, "text": "x = 1"}]}],
    "strengths": [{"text": "Argued well", "citation": CITATION}],
    "nothing_to_decide": ["lock files"],
    "left_out": {"leading": 1},
    "notes": [{"text": "This value looks like a placeholder.", "citation": CITATION}],
    "coverage": {
        "files_total": 1, "files_read": 1, "not_assessed": ["agent.cost"],
        "skipped": [{"path": "b.bin", "reason": "binary", "unread": True}],
    },
    "cost": {"seconds": 1.0},
}  # fmt: skip
Path = tuple[str | int, ...]


def strings(node: Any, at: Path = ()) -> Iterator[Path]:
    """Yield where the strings of a document stand."""
    if isinstance(node, str):
        yield at
    for key, value in (
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    ):
        yield from strings(value, (*at, key))


def planted(document: Any, at: Path, text: str) -> Any:
    """Return a copy with a text in one place."""
    if not at:
        return text
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    copy[at[0]] = planted(document[at[0]], at[1:], text)
    return copy


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each model of the report's schema with each of its fields."""
    for name, model in ({"Report": schema} | schema["$defs"]).items():
        yield from ((name, field) for field in model.get("properties", {}))


def holds_only_its_own(at: Path) -> bool:
    """Say whether a report with a text of somebody's in a place would not be valid."""
    try:
        Report.model_validate(planted(REPORT, at, f"a {KEY} b"))
    except ValueError:
        return True
    return False


PLACES = list(strings(REPORT))
OPEN = [at for at in PLACES if not holds_only_its_own(at)]


def test_the_report_of_these_tests_has_a_text_in_every_field_that_holds_one() -> None:
    filled = {name for at in PLACES for name in at}
    numbers = {"files_total", "files_read", "calls", "input_tokens", "cached_tokens", "output_tokens", "usd"}
    numbers |= {"cache_write_tokens", "billed_input_tokens"}
    numbers |= {"cost", "seconds", "line", "line_start", "line_end", "permanent_reasons"}
    switches = {"complete", "partial", "redacted", "unread"}
    names_alone = {"left_out"}  # planted in a test of its own
    every = {field for _, field in fields(Report.model_json_schema(by_alias=True))}
    assert every - filled == numbers | switches | names_alone


@pytest.mark.parametrize("at", OPEN, ids=lambda at: ".".join(map(str, at)))
def test_a_key_in_any_text_of_a_report_is_hidden(at: Path) -> None:
    report = Report.model_validate(planted(REPORT, at, f"a {KEY} b"))
    assert KEY in report.as_json()
    assert KEY[4:] not in redact_report(report, Redactor()).as_json()


def test_a_key_as_a_name_in_a_report_is_hidden() -> None:
    for field, value in (
        ("left_out", 1),
        ("model", {**REPORT["model"], "prompts": {KEY: "3", "commit": KEY}}),
    ):
        report = Report.model_validate({**REPORT, field: {KEY: value} if field == "left_out" else value})
        assert KEY[4:] not in redact_report(report, Redactor()).as_json()


@pytest.mark.parametrize("name", ["quote", "text", "missing", "what", "reason", "incomplete_because"])
def test_a_value_that_only_a_file_gave_away_is_hidden_in_what_others_wrote(name: str) -> None:
    redactor = Redactor()
    redactor.learn(f'password = "{KNOWN}"')
    at = next(at for at in OPEN if name in at)
    report = Report.model_validate(planted(REPORT, at, f"a {KNOWN} b"))
    assert KNOWN in report.as_json()
    assert KNOWN not in redact_report(report, redactor).as_json()


def test_a_file_that_calls_our_words_passwords_changes_nothing() -> None:
    redactor = Redactor(kingfisher.detect_keys)
    ours = {
        text for at in PLACES if {"quote", "text", "what", "missing"}.isdisjoint(at) for text in [value(at)]
    }
    for text in ours:
        redactor.learn(f'password = "{text}"\nclient_secret = "{text}"')
    report = Report.model_validate(REPORT)
    assert redact_report(report, redactor) == report


def value(at: Path) -> str:
    node: Any = REPORT
    for key in at:
        node = node[key]
    return str(node)


@pytest.mark.parametrize(
    "detect", [detect_nothing, kingfisher.detect_keys], ids=["our own rules", "with Kingfisher"]
)
def test_ids_and_titles_of_the_rubric_stay(detect: Any) -> None:
    library = load("capstone")
    checks = [check.id for criterion in library.rubric.criteria for check in criterion.checks]
    titles = [pack.title for pack in library.packs]
    assert len(checks) > 20
    assert titles
    for text in (*checks, *titles, "3@" + "5e" * 32):
        assert re.search(r"\[redacted", Redactor(detect).redact(text)) is None, text
