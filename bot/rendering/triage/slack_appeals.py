"""Appeals in Slack, as the participant and the leads see them: the forms, and how far an appeal is.

Leads see who asked and about which criterion, but no words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.triage.records import AppealState
from bot.domain.triage.shown import RuledLevel, ShownAppeal
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, day, section, small
from bot.rendering.chat.slack_form_fields import input_block, modal, single_select, text_field
from bot.rendering.chat.slack_text import mrkdwn, plain_object
from bot.rendering.text.safe_text import count
from bot.rendering.triage.slack_levels import (
    MOST_OF_A_TITLE,
    format_title,
    label_level,
    take_back_button,
)

ASSIGN = "triage.assign"
"""The lead's button. Its value is an appeal's id."""
RULING, REASON, SECOND = "ruling", "reason", "second"
"""The blocks of the forms."""
MOST_OF_A_REASON = 1000
MOST_CANDIDATES = 100
"""Slack's maximum for a menu."""
_MOST_OF_A_LABEL, _MOST_OF_A_SENTENCE, _MOST_APPEALS = 75, 600, 5


@dataclass(frozen=True, slots=True)
class AppealStatus:
    """Where an appeal stands, for those who were told of it. ``second`` is a name, or empty.

    ``reachable``: a lead is on Slack, so that they can name a second sensei.
    """

    state: AppealState
    second: str = ""
    reachable: bool = True


def appeal_form(levels: Sequence[RuledLevel], chosen: int | None) -> View:
    """Ask a participant on which ruling they want a second opinion, and why."""
    titles = {str(level.ruling): label_level(level, _MOST_OF_A_LABEL) for level in levels[:MOST_CANDIDATES]}
    preset = str(chosen) if chosen else (next(iter(titles)) if len(titles) == 1 else "")
    intro = (
        "A lead names a second sensei, who reads the evidence, the ruling and your reason, and then makes a "
        "new ruling. The new ruling is final: the level can go up, stay or go down."
    )
    blocks = [
        section(intro),
        input_block(RULING, "Which ruling?", single_select(RULING, titles, preset)),
        input_block(
            REASON,
            "What should the second sensei look at?",
            text_field(REASON, "", MOST_OF_A_REASON, multiline=True),
            hint="Only the second sensei reads this: not your leads, and not the sensei who ruled.",
        ),
    ]
    return modal("Second opinion", "Ask", blocks, "")


def appealed_message(level: RuledLevel, status: AppealStatus) -> OutgoingMessage:
    """Confirm to a participant that they have asked for a second opinion, and how far it is."""
    text = f"You asked for a second opinion on *{format_title(level)}*. {_describe_to_participant(status)}"
    blocks = [section(text)]
    if status.state in {AppealState.ASKED, AppealState.ASSIGNED}:
        blocks.append(actions(take_back_button(level)))
        blocks.append(small("Until a second sensei has ruled, the current ruling still counts."))
    return OutgoingMessage(f"Your second opinion on {format_title(level)}", tuple(blocks))


def _describe_to_participant(status: AppealStatus) -> str:
    match status.state:
        case AppealState.ASKED if status.reachable:
            return "A lead will name a second sensei, and I'll tell you what they rule."
        case AppealState.ASKED:
            return (
                "I've saved your request, but none of your leads is on Slack. Please tell one of them: once "
                "they have joined Slack, they can name a second sensei in their Home tab."
            )
        case AppealState.ASSIGNED:
            who = _shorten(status.second)
            return f"{who} will read the evidence and make a ruling. I'll let you know when they have."
        case AppealState.RULED:
            return "A second sensei has ruled."
        case AppealState.WITHDRAWN:
            return "You took your request back, so the ruling stays as it is."


def asked_message(appeal: ShownAppeal, first: str, status: AppealStatus) -> OutgoingMessage:
    """Ask a lead to name a second sensei, or show how far it is. ``first`` is the sensei who ruled."""
    who, about = _shorten(appeal.participant), mrkdwn(appeal.criterion, MOST_OF_A_TITLE)
    text = f"*{who} asks for a second opinion* on the ruling about *{about}*{_by(first)}."
    blocks = [section(f"{text} {_describe_to_lead(status)}")]
    if status.state in {AppealState.ASKED, AppealState.ASSIGNED}:
        blocks.append(actions(_assign_button(appeal)))
    if status.state is AppealState.ASKED:
        blocks.append(small("Only the second sensei will see the participant's reason."))
    return OutgoingMessage(f"{who} asks for a second opinion on a ruling.", tuple(blocks))


def _by(first: str) -> str:
    return f" by {_shorten(first)}" if first else ""


def _describe_to_lead(status: AppealStatus) -> str:
    match status.state:
        case AppealState.ASKED:
            return "Please name a second sensei, who will read the evidence and make a new ruling."
        case AppealState.ASSIGNED:
            return f"{_shorten(status.second)} has been asked to rule."
        case AppealState.RULED:
            return f"{_shorten(status.second) if status.second else 'A second sensei'} has ruled."
        case AppealState.WITHDRAWN:
            return "The request was taken back, so you don't need to do anything."


def assign_form(
    appeal: ShownAppeal, first: str, candidates: Sequence[tuple[str, str]], chosen: str, others: int
) -> View:
    """Ask a lead to name a second sensei. ``candidates`` are ids and names; ``others`` didn't fit."""
    who, about = _shorten(appeal.participant), mrkdwn(appeal.criterion, MOST_OF_A_TITLE)
    top = section(f"Who should give a second opinion on *{about}* for *{who}*?{_describe_first(first)}")
    if not candidates:
        none = section(
            "There's currently nobody I can ask. A second sensei must be active in this cohort, be on Slack, "
            "and not be the sensei who ruled. The request will wait until there is someone."
        )
        return {
            "type": "modal",
            "title": plain_object("Second sensei"),
            "close": plain_object("Close"),
            "private_metadata": str(appeal.appeal),
            "blocks": [top, none],
        }
    menu = input_block(SECOND, "Second sensei", single_select(SECOND, dict(candidates), chosen))
    left = [small(f"The menu has no room for {count(others, 'more sensei')}.")] if others else []
    note = small("I'll ask them in their working hours. You can name someone else until they have ruled.")
    return modal("Second sensei", "Ask them", [top, menu, *left, note], str(appeal.appeal))


def _describe_first(first: str) -> str:
    return f" {_shorten(first)} gave the ruling." if first else ""


def home_blocks(appeals: Sequence[ShownAppeal], today: date, *, buttons: bool) -> Iterable[Block]:
    """Yield what a lead sees of the appeals that wait: no words, only who, what and since when."""
    if not appeals:
        return
    yield section(f"*Second opinions that are waiting* ({len(appeals)})")
    for appeal in appeals[:_MOST_APPEALS]:
        row = (
            button(_label_assign(appeal), f"{ASSIGN}:{appeal.appeal}", str(appeal.appeal))
            if buttons
            else None
        )
        yield section(_format_waiting(appeal, today), row)
    if len(appeals) > _MOST_APPEALS:
        yield small(f"And {len(appeals) - _MOST_APPEALS} more. I'll show them here once these are decided.")


def _format_waiting(appeal: ShownAppeal, today: date) -> str:
    second = f"{_shorten(appeal.second)} has been asked to rule" if appeal.second else "needs a second sensei"
    about = mrkdwn(appeal.criterion, MOST_OF_A_TITLE)
    return f"• {_shorten(appeal.participant)} – {about}, asked on {day(appeal.day, today)}: {second}"


def _assign_button(appeal: ShownAppeal) -> dict[str, Any]:
    style = "" if appeal.second else "primary"
    return button(_label_assign(appeal), ASSIGN, str(appeal.appeal), style)


def _label_assign(appeal: ShownAppeal) -> str:
    return "Name someone else" if appeal.second else "Name a second sensei"


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
