"""Messages about work on pairs that failed because something went wrong on Sensei's side."""

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.pairing.slack_messages import paragraph

_WRONG = "because something went wrong on my side"


def why_failed(*, again: bool) -> OutgoingMessage:
    """Tell a lead that there is no answer to ``/dojo why``. ``again`` means that I try again by myself."""
    return paragraph(
        f"I couldn't answer your `/dojo why`, {_WRONG}. "
        f"{_describe_retry(again, 'You can also ask again now.')}"
    )


def introduction_failed(participant: str, sensei: str, *, again: bool) -> OutgoingMessage:
    """Tell a lead that two people could not be introduced after the sensei's day had passed."""
    first, second = mrkdwn(participant, MOST_OF_A_NAME), mrkdwn(sensei, MOST_OF_A_NAME)
    other_way = f"{second} can also accept the pair now, with the button in my message to them."
    return paragraph(
        f"I couldn't introduce {first} and {second}, {_WRONG}. The pair is still approved. "
        f"{_describe_retry(again, other_way)}"
    )


def absence_untold(sensei: str | None, *, begins: bool, again: bool) -> OutgoingMessage:
    """Say that the participants don't know about a holiday. ``sensei`` is None if the reader is away."""
    whose = f"{mrkdwn(sensei, MOST_OF_A_NAME)}'s" if sensei else "your"
    event = "is starting" if begins else "has ended"
    retry = _describe_retry(again, "Please tell them yourself if it's urgent.")
    return paragraph(
        f"I couldn't tell the participants and the deputy that {whose} holiday {event}, {_WRONG}. The "
        f"holiday and the deputy are saved. {retry}"
    )


def _describe_retry(again: bool, meanwhile: str) -> str:
    if again:
        return f"I'll try once more in an hour or two. {meanwhile}"
    return f"{meanwhile} Please also tell the person who runs Sensei that `sensei dead list` shows the cause."
