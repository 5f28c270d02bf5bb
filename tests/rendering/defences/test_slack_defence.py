"""What people see of a defence in Slack. After a deliberate change: ``UPDATE=1 pytest <this file>``."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.defences.records import (
    Defence,
    DefenceOutcome,
    DefenceQuestion,
    DefenceRuling,
    DefenceState,
    NewDefenceQuestion,
)
from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.defences import slack_messages, slack_session
from tests.fakes.slack import judge, look

SNAPSHOTS = Path(__file__).parent / "snapshots"
AT = datetime(2026, 12, 1, 10, tzinfo=UTC)
ADA = ShownPerson("Ada <b>")
TITLES = {"speed": "Speed & cost", "safety": "Safety"}
PAGE = "https://github.com/ada/desk"
HOSTILE = "<!channel> & *all* `of` _you_ <@U0SOMEBODY> " * 30


def asked(criterion: str, **changes: Any) -> NewDefenceQuestion:
    plain = NewDefenceQuestion(
        criterion,
        f"{criterion}.1",
        "With `limit = 50`, the desk stops after 50 tickets. Who notices the ones behind it?",
        ("What did the last full day look like?", "What breaks first if tickets double?"),
        ("where the limit of 50 comes from",),
        "src/desk.py",
        3,
        4,
        "limit = 50\nbounded(limit)",
        "f" * 64,
    )
    return replace(plain, **changes)


def defence(*rulings: tuple[DefenceOutcome, str] | None, **changes: Any) -> Defence:
    questions = tuple(
        DefenceQuestion(
            number,
            number,
            asked("safety" if number == 1 else "speed"),
            (DefenceRuling(*ruling, "a" * 32, AT),) if ruling else (),
        )
        for number, ruling in enumerate(rulings, start=1)
    )
    made = Defence(5, 7, "p" * 32, "a" * 40, DefenceState.READY, "s" * 32, AT, AT, None, questions)
    return replace(made, **changes)


RULED = defence(
    (DefenceOutcome.ALONE, "You named who may call it."),
    (DefenceOutcome.AFTER_FOLLOW_UP, "The 50 came with the second question."),
    (DefenceOutcome.NOT_ASKED, ""),
    state=DefenceState.HELD,
)


def shown(made: Defence | None, **changes: Any) -> slack_session.ShownDefence:
    plain = slack_session.ShownDefence(7, ADA, "ada/desk", made, TITLES, PAGE)
    return replace(plain, **changes)


VIEWS = {
    "nothing": slack_session.session_view(shown(None)),
    "preparing": slack_session.session_view(shown(defence(state=DefenceState.PREPARING))),
    "ready": slack_session.session_view(shown(defence(None, None))),
    "choosing_others": slack_session.session_view(shown(defence(None, state=DefenceState.PREPARING))),
    "stuck": slack_session.session_view(shown(defence(state=DefenceState.PREPARING), is_stuck=True)),
    "called_off": slack_session.session_view(
        shown(defence(None, session_at=None), notice=slack_session.CALLED_OFF)
    ),
    "held": slack_session.session_view(shown(RULED, notice="*Saved:* question 3, not asked.")),
    "list": slack_session.list_view([(7, ADA, "ada/desk"), (8, ShownPerson("Bo", "U0BO"), "bo/shop")]),
    "prepare": slack_session.time_form(7, date(2026, 12, 4), 600, prepares=True),
    "time": slack_session.time_form(7, date(2026, 12, 4), 600, prepares=False),
    "rule": slack_session.ruling_form(RULED.questions[0]),
}
MESSAGES = {
    "ready": slack_messages.ready_message(RULED, "Ada <b>"),
    "none": slack_messages.ready_message(replace(RULED, state=DefenceState.CANCELLED), "Ada <b>"),
    "kept": slack_messages.ready_message(RULED, "Ada <b>", kept=True),
    "announced": slack_messages.announcement(AT),
    "announced_off": slack_messages.announcement(None),
    "announced_no_sensei": slack_messages.announcement(AT, has_sensei=False),
    "announced_off_no_sensei": slack_messages.announcement(None, has_sensei=False),
    "result": slack_messages.result_message(RULED, TITLES, PAGE),
    "result_no_sensei": slack_messages.result_message(RULED, TITLES, PAGE, has_sensei=False),
}


def test_the_last_ruling_says_what_comes_next_and_how_long_it_can_be_changed() -> None:
    closes = date(2026, 12, 8)
    assert "Until 8 Dec, *Look again* changes a ruling." in slack_session.describe_last(closes, AT.date())
    assert "Look again" not in slack_session.describe_last(closes, date(2026, 12, 9))
    assert "*Look again* changes a ruling." in slack_session.describe_last(None, AT.date())


def compare(name: str, text: str) -> None:
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_in_its_snapshot(name: str) -> None:
    compare(f"view_{name}", look.text(checked_view(VIEWS[name])))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_in_its_snapshot(name: str) -> None:
    compare(f"message_{name}", look.text(as_document(checked_message(MESSAGES[name]))))


def as_document(message: OutgoingMessage) -> Any:
    return {"text": message.text, "blocks": list(message.blocks)}


def test_what_the_participant_reads_has_nothing_that_is_for_the_sensei() -> None:
    for name in ("announced", "announced_off", "result"):
        text = look.text(as_document(MESSAGES[name]))
        assert "the last full day" not in text
        assert "where the limit" not in text
    for question in RULED.questions:
        assert question.asked.text not in look.text(as_document(MESSAGES["announced"]))


def test_the_notification_says_whether_the_defence_was_called_off() -> None:
    assert MESSAGES["announced"].text == "When your defence is, and what it is about"
    assert MESSAGES["announced_off"].text == "Your defence is called off for now"


@settings(max_examples=40)
@given(st.one_of(st.just(HOSTILE), st.text(min_size=1, max_size=400)))
def test_slack_takes_it_whatever_is_in_it(text: str) -> None:
    question = asked(text, text=text, follow_ups=(text, text), touches=(text,) * 3, path=text, quote=text)
    ruling = DefenceRuling(DefenceOutcome.NOT_YET, text, None, AT)
    questions = tuple(DefenceQuestion(n, n, question, (ruling,)) for n in (1, 2, 3))
    made = replace(RULED, questions=questions)
    person = ShownPerson(text)
    for view in (
        slack_session.session_view(shown(made, person=person, name=text, titles={text: text})),
        slack_session.list_view([(n, person, text) for n in range(60)]),
        slack_session.ruling_form(replace(questions[0], rulings=(replace(ruling, note=text[:300]),))),
    ):
        checked_view(view)
        assert not look.notified(view)
    for message in (
        slack_messages.ready_message(made, text),
        slack_messages.result_message(made, {text: text}, PAGE),
    ):
        checked_message(message)
        assert not judge.of_message(list(message.blocks))
        assert not look.notified(as_document(message))
