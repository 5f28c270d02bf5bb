"""Slack messages about senseis' holidays and their deputies.

Names are as people wrote them; days are already formatted, such as "7 December".
"""

from dataclasses import dataclass

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section
from bot.rendering.chat.slack_text import mrkdwn


def deputy_begins(sensei: str, deputy: str, last: str, *, reader: str) -> OutgoingMessage:
    """Tell people that a sensei's holiday is starting.

    ``reader`` is ``participant``, ``deputy``, or ``alone`` (a participant without a deputy).
    """
    away = f"{_shorten(sensei)} is away up to and including {last}."
    if reader == "deputy":
        return _paragraph(f"{away} You're the deputy, and I'm telling their participants to ask you.")
    if reader == "alone":
        return _paragraph(f"{away} There's no deputy. If something can't wait, ask your lead.")
    name = _shorten(deputy)
    return _paragraph(f"{away} Meanwhile, you can ask {name}, the deputy. I'm telling {name} too.")


def sensei_back(sensei: str, *, to_deputy: bool) -> OutgoingMessage:
    """Tell people that a sensei's holiday has ended."""
    name = _shorten(sensei)
    if to_deputy:
        return _paragraph(
            f"{name} is back, so you're no longer the deputy. Please tell them what is still open."
        )
    return _paragraph(f"{name} is back, so you can ask them again.")


def back_early(sensei: str, *, to_deputy: bool) -> OutgoingMessage:
    """Tell people that a sensei has removed a holiday that had begun."""
    name = _shorten(sensei)
    if to_deputy:
        return _paragraph(
            f"{name} has cancelled their holiday, so you're no longer the deputy. Please tell them what is "
            "still open."
        )
    return _paragraph(f"{name} has cancelled their holiday, so you can ask them again.")


def deputy_chosen(  # noqa: PLR0913 - what a lead reads about a holiday
    sensei: str, deputy: str | None, days: tuple[str, str], value: str, *, begun: bool, over: bool
) -> OutgoingMessage:
    """Tell a lead who the deputy is, with a button to choose another while the holiday isn't over.

    ``begun`` means that the holiday has started.
    """
    if over:
        was = f" {_shorten(deputy)} was the deputy." if deputy else ""
        return _paragraph(f"{_shorten(sensei)} was away from {days[0]} to {days[1]}, inclusive.{was}")
    away = f"{_shorten(sensei)} is away from {days[0]} to {days[1]}, inclusive."
    stands_in = f"The deputy is {_shorten(deputy)}." if deputy else "I couldn't find a deputy."
    participants = (
        "I'm telling the participants now."
        if begun
        else "I'll tell the participants when the holiday starts."
    )
    text = f"{away} {stands_in} {participants}"
    label = "Choose another deputy…" if deputy else "Choose a deputy…"
    row = actions(button(label, "pairing.deputy", value), block_id="pairing.deputy")
    return OutgoingMessage(text, (section(text), row))


def absence_removed(sensei: str, days: tuple[str, str]) -> OutgoingMessage:
    """Tell a lead that a sensei has removed a holiday."""
    return _paragraph(
        f"{_shorten(sensei)} has cancelled their holiday ({days[0]} to {days[1]}), so they need no deputy."
    )


@dataclass(frozen=True, slots=True)
class DeputyChange:
    """The names of an absent sensei and of the deputies before and after a change, and the holiday's days."""

    sensei: str
    former: str | None
    deputy: str | None
    days: tuple[str, str]


def no_longer_deputy(change: DeputyChange, *, told: bool) -> OutgoingMessage:
    """Tell a former deputy who the deputy is now. ``told`` means that they have already been the deputy."""
    sensei, period = _shorten(change.sensei), _describe_days(change)
    if change.deputy is None:
        return _paragraph(f"You're no longer the deputy for {sensei} {period}.")
    name = _shorten(change.deputy)
    hand_over = f" Please tell {name} what is still open." if told else ""
    return _paragraph(f"{name} is now the deputy for {sensei} {period}, instead of you.{hand_over}")


def deputy_replaced(change: DeputyChange, *, to_sensei: bool) -> OutgoingMessage:
    """Tell an absent sensei whom a lead has chosen as their deputy."""
    whose = "your deputy" if to_sensei else f"the deputy for {_shorten(change.sensei)}"
    before = f", instead of {_shorten(change.former)}" if change.former else ""
    name = _shorten(change.deputy or "")
    return _paragraph(f"A lead has chosen {name} as {whose} {_describe_days(change)}{before}.")


def deputy_lost(change: DeputyChange, *, to_sensei: bool) -> OutgoingMessage:
    """Tell an absent sensei or a lead that the deputy has paused or left, and who it is now."""
    whose = "your deputy" if to_sensei else f"the deputy for {_shorten(change.sensei)}"
    news = f"{_shorten(change.former or '')} can no longer be {whose} {_describe_days(change)}."
    if change.deputy:
        return _paragraph(f"{news} {_shorten(change.deputy)} is now the deputy.")
    remedy = (
        "A lead can choose a deputy."
        if to_sensei
        else "You can choose a deputy in my message about the holiday."
    )
    return _paragraph(f"{news} I couldn't find another deputy. {remedy}")


def _describe_days(change: DeputyChange) -> str:
    return f"from {change.days[0]} to {change.days[1]}"


def _paragraph(text: str) -> OutgoingMessage:
    return OutgoingMessage(text, (section(text),))


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
