"""Messages to a sensei about their own holidays."""

from collections.abc import Sequence
from datetime import date

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.slack_messages import text_message

_MOST_SHOWN = 20


def absence_saved(first: date, last: date, deputy: str | None) -> OutgoingMessage:
    """Confirm a holiday; ``deputy`` is the deputy's name."""
    cover = f"Your deputy is {mrkdwn(deputy, MOST_OF_A_NAME)}." if deputy else "You don't have a deputy yet."
    return text_message(
        f"You're away from {_format_day(first)} to {_format_day(last)}, both days included. {cover}",
        "`/dojo away` lists your holidays. `/dojo away off FIRST`, with the first day of a holiday, removes "
        "it.",
    )


def absence_removed() -> OutgoingMessage:
    """Confirm that a holiday was removed."""
    return text_message("Your holiday has been removed.")


def absence_list(absences: Sequence[tuple[date, date, str | None]]) -> OutgoingMessage:
    """List a sensei's holidays: first day, last day, and the deputy's name."""
    if not absences:
        return text_message("You have no holidays yet. To add one, use `/dojo away 2026-12-24 2027-01-02`.")
    lines = [
        f"• {_format_day(first)} to {_format_day(last)}, "
        f"{f'deputy: {mrkdwn(deputy, MOST_OF_A_NAME)}' if deputy else 'no deputy yet'}"
        for first, last, deputy in absences[:_MOST_SHOWN]
    ]
    return text_message(
        "*Your holidays*\n" + "\n".join(lines),
        "`/dojo away off FIRST`, with the first day of a holiday, removes it.",
    )


def _format_day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
