"""Short answers: what was refused, and what may have been meant."""

from bot.domain.slash import COMMAND
from bot.ports.chat import Message, View
from bot.rendering.slack.text import mrkdwn, mrkdwn_object, plain_object

_MOST = 2000


def refused(what: str, remedy: str = "") -> Message:
    """Say what was not done, and what to do next; the sentences may hold anybody's words."""
    text = mrkdwn(f"{what} {remedy}".strip(), _MOST)
    return Message(text, ({"type": "section", "text": mrkdwn_object(text)},))


def modal(what: str, remedy: str = "") -> View:
    """Say the same in a window of its own."""
    text = mrkdwn(f"{what} {remedy}".strip(), _MOST)
    return {
        "type": "modal",
        "title": plain_object("Not done"),
        "close": plain_object("Close"),
        "blocks": [{"type": "section", "text": mrkdwn_object(text)}],
    }


def unknown(word: str, meant: str | None) -> Message:
    """Answer a word that is no command."""
    hint = f" Did you mean `{COMMAND} {meant}`?" if meant else ""
    text = f"{COMMAND} knows no “{mrkdwn(word, 60)}”.{hint} `{COMMAND} help` lists what there is."
    return Message(text, ({"type": "section", "text": mrkdwn_object(text)},))
