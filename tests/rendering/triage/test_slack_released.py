"""What a participant reads of a ruling, and that Slack takes it whatever is in it."""

from datetime import date
from typing import Any

import pytest

from bot.domain.ledger.evidence import CheckState
from bot.domain.triage.records import AppealState, Milestone, RulerRole
from bot.domain.triage.shown import (
    AppealedRuling,
    EvidenceQuote,
    ReleasedRuling,
    RuledLevel,
    ShownAppeal,
    ShownCheck,
)
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.triage import slack_appeals, slack_released, slack_second_opinions
from bot.rendering.triage.slack_appeals import AppealStatus
from bot.rendering.triage.slack_released import ShownRelease
from tests.fakes.slack import look

DAY = date(2026, 11, 24)
PAGE = ("ada/desk", "https://github.com/ada/desk")
HOSTILE = [
    "<!channel> <@U99> & <https://evil.example|click>",
    "*bold* _it_ ~st~ `code` :tada: @here\n> quote",
    "ش" * 3000,
    "👩‍👩‍👧‍👦" * 80,
    "\u202eevil\u0000\u200b\ud800",
    "&" * 3000,
    "",
    " ",
]


def level(number: int = 1, text: str = "Reliability", **changes: Any) -> RuledLevel:
    plain: dict[str, Any] = {"level": 2, "name": text, "sentence": text, "day": DAY}
    return RuledLevel(number, "reliability", text, **{**plain, "milestone": Milestone.DESIGN, **changes})


def ruling(text: str, role: RulerRole = RulerRole.SENSEI, **changes: Any) -> ReleasedRuling:
    quotes = tuple(
        EvidenceQuote(text or "x", text or "y", PAGE[1] if n % 2 else "", n != 2) for n in range(3)
    )
    return ReleasedRuling(level(text=text or "T", **changes), text, text, role, quotes)


def read(message: OutgoingMessage) -> str:
    """Check a message; return it as its reader reads it."""
    document = {"text": message.text, "blocks": list(checked_message(message).blocks)}
    assert look.notified(document) == set()
    return " ".join(look.text(document).split())


@pytest.mark.contract
@pytest.mark.parametrize("text", HOSTILE)
def test_slack_takes_messages_views_and_forms_whatever_is_in_them(text: str) -> None:
    read(slack_released.released_message(ShownRelease(PAGE, [ruling(text) for _ in range(12)])))
    checks = [
        ShownCheck(text or "ask", state, ruling(text).quotes * 4, (text,) * 3, text)
        for state in CheckState
        for _ in range(30)
    ]
    assert (
        look.notified(checked_view(slack_released.evidence_view(level(text=text), checks, changed=True)))
        == set()
    )
    appeal = ShownAppeal(1, text, text, DAY, text)
    appealed = AppealedRuling(level(text=text), text, PAGE, text, text, text)
    read(slack_second_opinions.assigned_message(appealed, "1:speed"))
    for state in AppealState:
        status = AppealStatus(state, text, reachable=False)
        read(slack_appeals.appealed_message(level(text=text), status))
        read(slack_appeals.asked_message(appeal, text, status))
        read(slack_second_opinions.unassigned_message(text, text, state, ruled=False))
    read(slack_second_opinions.second_ruled_message(text, level(text=text), text, shown=True))
    everyone = [(f"p{n}", text or "N") for n in range(slack_appeals.MOST_CANDIDATES)]
    modals = [
        slack_appeals.assign_form(appeal, text, everyone, "p1", 7),
        slack_appeals.assign_form(appeal, text, [], "", 0),
        slack_appeals.appeal_form([level(n, text or "T") for n in range(120)], None),
    ]
    for view in modals:
        checked_view({**view, "callback_id": "triage.appeal"})


def test_a_message_says_level_meaning_day_milestone_sentence_and_evidence_for_and_against() -> None:
    shown = ReleasedRuling(
        level(sentence="Show a failover.", name="reasoned"),
        "names what lost",
        "Sen",
        RulerRole.SENSEI,
        (
            EvidenceQuote("retry(3)", "app/client.py:7", "https://github.com/x", supports=True),
            EvidenceQuote("no timeout", "your answer", "", supports=False),
        ),
        level(level=3, name="evidenced"),
    )
    told = read(slack_released.released_message(ShownRelease(PAGE, [shown])))
    assert told.startswith("Sen, your sensei, has looked at 1 criterion of your capstone: ada/desk")
    assert "Reliability – 2 · reasoned: names what lost 24 November 2026 · design milestone" in told
    assert "Before, it was 3 · evidenced. “Show a failover.”" in told
    assert "• “retry(3)” – app/client.py:7 • against: “no timeout” – your answer" in told
    assert "A level says what the capstone shows today, not how good you are." in told
    assert "[ Ask for a second opinion ]" in told


def test_what_a_second_sensei_gave_cannot_be_asked_about_again() -> None:
    told = read(
        slack_released.released_message(ShownRelease(PAGE, [ruling("Sol", RulerRole.SECOND, is_final=True)]))
    )
    assert "This is the second opinion that you asked for. It is final until the evidence changes." in told
    assert "Ask for a second opinion" not in told


def test_rulings_by_several_say_who_gave_each() -> None:
    two = [ruling("Sen"), ruling("Sol", RulerRole.SECOND, is_final=True)]
    told = read(slack_released.released_message(ShownRelease(PAGE, two)))
    assert told.startswith("Senseis have looked at 2 criteria")
    assert "Ruled by Sen, your sensei." in told
    assert "Ruled by Sol, as the second sensei." in told


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (RulerRole.SENSEI, "Your sensei has"),
        (RulerRole.DEPUTY, "Your sensei's deputy has"),
        (RulerRole.SECOND, "A second sensei has"),
    ],
)
def test_a_sensei_who_was_erased_has_no_name(role: RulerRole, words: str) -> None:
    shown = ReleasedRuling(level(), "", "", role)
    assert read(slack_released.released_message(ShownRelease(PAGE, [shown]))).startswith(words)
