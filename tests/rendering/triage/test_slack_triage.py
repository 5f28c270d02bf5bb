"""What senseis see of rulings in Slack, and that Slack takes it whatever is in it."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.ledger.evidence import Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.review.report import Citation
from bot.domain.triage.criterion_evidence import gather_evidence
from bot.domain.triage.due_rulings import DueReason, DueRuling
from bot.domain.triage.records import Milestone
from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget
from bot.domain.triage.shown import TriageCounts
from bot.ports.chat import View
from bot.rendering.chat.slack_validation import checked_view
from bot.rendering.triage import slack_exemption_form, slack_ruling_form, slack_waiting
from bot.rendering.triage.slack_evidence import QuotePlace, ShownChecks, evidence_pages
from bot.rendering.triage.slack_ruling_form import RulingWords, ShownRuling
from bot.rendering.triage.slack_waiting import ShownCapstone, ShownList, ShownSecondRuling
from tests.domain.rubric_builders import check, criterion, rubric
from tests.domain.triage.ruled import ruling
from tests.fakes.slack import judge, look

SNAPSHOTS = Path(__file__).parent / "snapshots"
AT = datetime(2026, 11, 12, 10, tzinfo=UTC)
ADA, SOL = ShownPerson("Ada <b>"), ShownPerson("Sol", "U0SOL")
RUBRIC = rubric(
    criterion("speed", checks=[check(f"speed.{n}", n) for n in (1, 2, 3, 4)]), criterion("safety", gate=True)
)
TARGET = RulingTarget(7, "speed")


def entry(name: str, quote: str, **changes: object) -> Entry:
    citation = Citation(
        source="commit",
        path="src/desk.py",
        commit="a" * 40,
        side="head",
        line_start=3,
        line_end=4,
        quote=quote,
        redacted=False,
    )
    plain = {
        "direction": "supports",
        "partial": False,
        "missing": "",
        "reader": "model",
        "citation": citation,
    }
    return Entry.model_validate({"check": name, **plain, **changes})


def shown(
    *entries: Entry, exempt: str = "", quote: str = "", page: int = 1, **changes: object
) -> ShownRuling:
    ledger = Ledger.for_rubric(RUBRIC).enter(entries, covered=["speed.1", "speed.2", "speed.3"])
    if exempt:
        ledger = ledger.exempt(Exemption(check=exempt, by="sensei", reason="It has no <cache>."))
    evidence = gather_evidence(ledger, RUBRIC)["speed"]
    places = {one.key: QuotePlace("src/desk.py, lines 3–4", "https://x.example/desk#L3") for one in entries}
    checks = ShownChecks(str(TARGET), evidence.checks, places, {exempt: 5} if exempt else {})
    key = RulingFormKey(TARGET, evidence.view, 0, page, page)
    plain = ShownRuling(key, ADA, "ada/desk", evidence, checks, RUBRIC.scale, 1000, 300)
    return replace(plain, **changes)  # type: ignore[arg-type]


DUE = DueRuling(7, "safety", "The quality safety", gate=True, reason=DueReason.MOVED, ruled_at=None)
AGAIN = DueRuling(7, "speed", "The quality speed", gate=False, reason=DueReason.MOVED, ruled_at=AT)
AT_MILESTONE = replace(AGAIN, reason=DueReason.MILESTONE)
BUSY = ShownList(
    [
        ShownCapstone(7, ADA, "ada/desk", [DUE, AGAIN], 10),
        ShownCapstone(8, SOL, "sol/shop", [replace(DUE, capstone=8)], 10, standing_in_for=SOL),
    ],
    [ShownSecondRuling(RulingTarget(9, "speed"), SOL, "The quality speed")],
    TriageCounts(questions=1, disputes=2),
)
WITH_DRAFT = shown(entry("speed.1", "bounded(8)"), progress="Design milestone · 3 of 10")
VIEWS: dict[str, View] = {
    "a busy list": slack_waiting.list_view(BUSY),
    "a list at a milestone": slack_waiting.list_view(
        ShownList([ShownCapstone(7, ADA, "ada/desk", [AT_MILESTONE], 10, milestone=Milestone.FINAL)])
    ),
    "an empty list": slack_waiting.list_view(ShownList([])),
    "a ruling with a draft": slack_ruling_form.ruling_form(WITH_DRAFT),
    "a ruling without a draft": slack_ruling_form.ruling_form(
        shown(
            entry("speed.1", "bounded(8)"),
            entry("speed.1", "while True:", direction="weakens"),
            entry(
                "speed.2",
                "We lose freshness.",
                partial=True,
                missing="who pays",
                citation=Statement(source="thread", reference="3", quote="We lose freshness."),
            ),
            exempt="speed.3",
            last=ruling("speed", "old", AT, reason="Fine <so far>", sentence="Go on."),
            appeal="It *is* more.",
            notice="*Saved.*",
            words=RulingWords("4", "My reason", "My sentence"),
        )
    ),
    "an exemption": slack_exemption_form.exemption_form(
        TARGET, "The quality speed", ADA, {"speed.1": "1: Is it?"}, 1000
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_in_its_snapshot(name: str) -> None:
    assert judge.of_view(checked_view(VIEWS[name])) == []
    file = SNAPSHOTS / f"{name.replace(' ', '_')}.txt"
    seen = look.text(VIEWS[name]) + "\n"
    if os.environ.get("UPDATE") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(seen, "utf-8")
    assert seen == file.read_text("utf-8")


@pytest.mark.contract
@settings(max_examples=30)
@given(st.text(min_size=1, max_size=4000), st.integers(1, 40))
def test_whatever_is_quoted_fits_into_slacks_limits(text: str, quotes: int) -> None:
    entries = [entry("speed.1", f"{number}{text}", missing=text, partial=True) for number in range(quotes)]
    ruling_ = shown(*entries, appeal=text, words=RulingWords("1", text[:500], text[:100]))
    pages = len(evidence_pages(ruling_.checks))
    for page in range(1, pages + 1):
        key = replace(ruling_.key, page=page, opened=page)
        assert judge.of_view(checked_view(slack_ruling_form.ruling_form(replace(ruling_, key=key)))) == []


def test_every_quote_is_on_one_of_the_pages() -> None:
    entries = [entry(f"speed.{1 + number % 4}", f"quote {number:03}") for number in range(90)]
    pages = [str(page) for page in evidence_pages(shown(*entries).checks)]
    assert len(pages) > 3
    assert all(sum(f"quote {number:03}" in page for page in pages) == 1 for number in range(90))


def test_a_list_without_rulings_says_where_the_rest_is_decided() -> None:
    text = look.text(slack_waiting.list_view(ShownList([], counts=TriageCounts(disputes=1))))
    words = " ".join(text.split())
    assert "Waiting: 1 dispute. You can decide in the direct messages that I sent you." in words
    assert "Nothing waits" not in words


def test_the_home_says_nothing_if_nothing_waits() -> None:
    assert list(slack_waiting.home_blocks(TriageCounts())) == []
    assert slack_waiting.describe_counts(TriageCounts(1, 2, 3, 1)) == (
        "1 question to keep or withdraw, 2 disputes, 3 rulings, 1 appeal"
    )
