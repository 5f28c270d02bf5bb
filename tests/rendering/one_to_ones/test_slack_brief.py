"""The two briefs in Slack. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.one_to_ones.briefs import Brief, MovedSince, OpenMatters, Topic, TopicKind
from bot.domain.one_to_ones.records import Worth
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.one_to_ones.slack_afterwards import (
    ShownNote,
    afterwards_message,
    decided_form,
    worth_form,
)
from bot.rendering.one_to_ones.slack_brief import BriefReader, brief_message, cancelled_brief
from tests.fakes.slack import look

SNAPSHOTS = Path(__file__).parent / "snapshots"
AT = datetime(2026, 12, 2, 10, tzinfo=UTC)
SEN, ADA = ShownPerson("Sen Sei", "U1"), ShownPerson("Ada & <Co>", "U2")
BUSY = Brief(
    OpenMatters(2, ("Use *one* queue", "Retry twice"), 1, 2, (4,)),
    MovedSince(date(2026, 11, 25), ("Security",), ("Reliability", "Evals"), ("Outcome",)),
    (
        Topic(
            TopicKind.DRIFT,
            "Keep the cache in memory",
            "",
            quote="cache = {}\nfor key in keys:\n    cache[key] = load(key)",
            place="desk/cache.py, line 12",
            number=4,
        ),
        Topic(
            TopicKind.PUT_OFF,
            "Reliability",
            "I don't see a limit on these retries. What has an hour without the provider cost by then?",
            "Does every retry end after a stated number of attempts?",
            "retry(forever=True)",
            "desk/client.py, line 7",
            date(2026, 11, 20),
        ),
        Topic(
            TopicKind.GATE,
            "Security",
            "What could a message from a stranger make the agent do?",
            "Can untrusted text reach a tool that can write?",
        ),
    ),
    "We queue.\n<!channel> waits.",
)
CALM = Brief(OpenMatters(), MovedSince(), ())


def reads(brief: Brief, *, sensei: bool) -> OutgoingMessage:
    other = ADA if sensei else SEN
    return checked_message(brief_message(brief, BriefReader(other, AT, sensei, date(2026, 12, 1))))


def text_of(said: OutgoingMessage) -> str:
    return look.text({"text": said.text, "blocks": list(said.blocks)})


@pytest.mark.parametrize(
    ("name", "brief", "sensei"),
    [
        ("sensei", BUSY, True),
        ("participant", BUSY, False),
        ("calm_sensei", CALM, True),
        ("calm_participant", CALM, False),
    ],
)
def test_a_brief_is_read_as_it_was_approved(name: str, brief: Brief, sensei: bool) -> None:
    said = reads(brief, sensei=sensei)
    text = f"({said.text})\n{text_of(said)}\n"
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("sensei", [True, False])
def test_a_brief_of_long_texts_still_fits_one_screen(sensei: bool) -> None:
    long = "word " * 2000
    topic = Topic(TopicKind.DRIFT, long, long, long, f"{long}\n" * 50, long, date(2026, 1, 1), 1)
    topics = tuple(replace(topic, kind=kind) for kind in list(TopicKind)[:3])
    titles = tuple(long for _ in range(40))
    brief = Brief(
        OpenMatters(40, titles, 40, 40, tuple(range(40))),
        MovedSince(date(2025, 1, 1), titles, titles, titles),
        topics,
        long,
    )
    text = text_of(reads(brief, sensei=sensei))  # its lines have 40 characters, Slack's about 90
    assert len(text) < 4500
    assert text.count("\n") < 140


def test_only_the_sensei_has_evidence_and_only_the_author_a_drafts_words() -> None:
    theirs, mine = (" ".join(text_of(reads(BUSY, sensei=sensei)).split()) for sensei in (True, False))
    assert "cache[key]" in theirs
    assert "cache[key]" not in mine
    assert "stated number of attempts" in theirs
    assert "stated number of attempts" not in mine
    assert "quotes from your code and with what the rubric asks" in mine
    assert "Retry twice" not in theirs
    assert "Retry twice" in mine


def test_what_people_wrote_formats_and_mentions_nothing() -> None:
    for said in (
        reads(BUSY, sensei=False),
        checked_message(cancelled_brief(ADA)),
        checked_message(
            afterwards_message(
                5, ADA, AT, [ShownNote("", Worth.NO, "<!channel> *x*"), ShownNote("Sen", None, "")]
            )
        ),
    ):
        assert "<!channel>" not in str(said.blocks)
        assert "<Co>" not in str(said.blocks)


def test_the_forms_are_such_as_slack_takes() -> None:
    checked_view(worth_form(ADA, None, "5"))
    checked_view(worth_form(ADA, Worth.YES, "5"))
    checked_view(decided_form(ADA, "x" * 1500, "5", can_keep=True))
