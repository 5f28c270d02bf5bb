"""A sensei's holidays, as the sensei sees them."""

from collections.abc import Sequence
from datetime import date

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_messages import text_message

_MOST_SHOWN = 20


def absence_saved(first: date, last: date, deputy: str | None) -> OutgoingMessage:
    """Confirm a holiday; ``deputy`` is the name of the sensei who stands in."""
    cover = f"{mrkdwn(deputy, MOST_OF_A_NAME)} stands in." if deputy else "Nobody stands in yet."
    return text_message(
        f"You are away from {_format_day(first)} to {_format_day(last)}, both days included. {cover}",
        "`/dojo away` lists your holidays, `/dojo away off FIRST` removes one.",
    )


def absence_removed() -> OutgoingMessage:
    """Confirm that a holiday was removed."""
    return text_message("Your holiday has been removed.")


def absence_list(absences: Sequence[tuple[date, date, str | None]]) -> OutgoingMessage:
    """List a sensei's holidays: first day, last day, and the deputy's name."""
    if not absences:
        return text_message("You have no holidays here. `/dojo away 2026-12-24 2027-01-02` adds one.")
    lines = [
        f"• {_format_day(first)} to {_format_day(last)}: "
        f"{mrkdwn(deputy, MOST_OF_A_NAME) if deputy else 'nobody'} stands in"
        for first, last, deputy in absences[:_MOST_SHOWN]
    ]
    return text_message("*Your holidays*\n" + "\n".join(lines), "`/dojo away off FIRST` removes one.")


def _format_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
