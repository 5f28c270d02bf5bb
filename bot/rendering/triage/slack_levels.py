"""A participant's levels in Slack: the section of their App Home, its short form, and how levels are worded.

A level is shown only once a sensei has ruled.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.domain.triage.records import WAITING_APPEALS, AppealState
from bot.domain.triage.shown import RuledLevel
from bot.ports.chat import Block
from bot.rendering.chat.slack_blocks import actions, button, confirmed, listed, section, small
from bot.rendering.chat.slack_text import mrkdwn, plain
from bot.rendering.triage.wording import MILESTONES

APPEAL, TAKE_BACK, EVIDENCE = "triage.appeal", "triage.take_back", "triage.evidence"
"""The participant's buttons. Their value is a ruling's id; that of ``APPEAL`` may be empty."""
MOST_OF_A_TITLE = 80
MOST_SHOWN = 10
"""Maximum rulings shown one by one, since a Home has a maximum size. A rubric has about ten criteria."""
_MOST_OF_A_SENTENCE, _MOST_TO_TAKE_BACK = 150, 5
_NONE = "*Your levels* – none yet. Your sensei will give you levels as your capstone grows."


def home_blocks(levels: Sequence[RuledLevel]) -> Iterable[Block]:
    """Yield the section of a participant's App Home, with its buttons."""
    if not levels:
        yield section(_NONE)
        return
    yield section(
        "*Your levels* – given by a sensei for what your capstone shows. Levels can change as your capstone "
        "does."
    )
    for level in levels[:MOST_SHOWN]:
        see = button("Evidence", f"{EVIDENCE}:{level.ruling}", str(level.ruling))
        yield section(_describe_whole(level), see)
    if len(levels) > MOST_SHOWN:
        yield small(f"And {len(levels) - MOST_SHOWN} more.")
    if buttons := _appeal_buttons(levels):
        yield actions(*buttons)


def status_blocks(levels: Sequence[RuledLevel]) -> Iterable[Block]:
    """Yield the section of ``/dojo status``."""
    if not levels:
        yield section(_NONE)
        return
    lines = listed(levels, lambda level: f"• {_describe_shortly(level)}", MOST_SHOWN)
    yield section(f"*Your levels*\n{lines}")


def format_level(level: RuledLevel) -> str:
    """Return ``2 · reasoned``, or that there is no level."""
    if level.level is None:
        return "no level yet"
    return f"{level.level} · {mrkdwn(level.name, MOST_OF_A_TITLE)}" if level.name else str(level.level)


def format_title(level: RuledLevel) -> str:
    """Return a criterion's title."""
    return mrkdwn(level.title, MOST_OF_A_TITLE)


def label_level(level: RuledLevel, most: int) -> str:
    """Return a criterion and its level for a menu, at most ``most`` characters."""
    given = "no level yet" if level.level is None else f"{level.level} · {level.name}".rstrip(" ·")
    return plain(f"{level.title}: {given}", most)


def format_date(day: date) -> str:
    """Return a day as in ``27 November 2026``."""
    return f"{day.day} {day:%B} {day.year}"


def format_day(level: RuledLevel) -> str:
    """Return the day of a ruling, and its milestone if there was one."""
    milestone = f" · {MILESTONES[level.milestone]}" if level.milestone else ""
    return f"{format_date(level.day)}{milestone}"


def is_appealable(level: RuledLevel) -> bool:
    """Return whether its participant can ask for a second opinion on a ruling."""
    return level.appeal is None and not level.is_final


def _describe_shortly(level: RuledLevel) -> str:
    return f"*{format_title(level)}*: {format_level(level)}, {format_day(level)}{_describe_appeal(level)}"


def _describe_whole(level: RuledLevel) -> str:
    sentence = level.sentence.strip()
    said = f"\n“{mrkdwn(sentence, _MOST_OF_A_SENTENCE)}”" if sentence else ""
    head = f"*{format_title(level)}* – {format_level(level)}"
    return f"{head}{said}\n{format_day(level)}{_describe_appeal(level)}"


def _describe_appeal(level: RuledLevel) -> str:
    if level.is_final:
        return " · given by a second sensei"
    if level.appeal is AppealState.ASKED:
        return " · you've asked for a second opinion"
    return " · a second sensei is looking at it" if level.appeal is AppealState.ASSIGNED else ""


def _appeal_buttons(levels: Sequence[RuledLevel]) -> list[dict[str, Any]]:
    waiting = [level for level in levels if level.appeal in WAITING_APPEALS][:_MOST_TO_TAKE_BACK]
    asks = [button("Ask for a second opinion", APPEAL)] if any(map(is_appealable, levels)) else []
    return [*asks, *(take_back_button(level) for level in waiting)]


def take_back_button(level: RuledLevel) -> dict[str, Any]:
    """Return the button that takes a request for a second opinion back. Slack asks first."""
    title = plain(f"Take back: {level.title}", 70)
    return confirmed(
        button(title, f"{TAKE_BACK}:{level.ruling}", str(level.ruling)),
        "Take your request back",
        "The ruling then stays as it is. You can't ask for a second opinion on this ruling again.",
        "Take it back",
    )
