"""Short answers: what was refused, and what may have been meant."""

import re

from bot.domain.chat.slash_commands import COMMAND
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_text import mrkdwn, mrkdwn_object, plain_object

_MOST = 2000
# As ``mrkdwn`` leaves what stood in backticks. Of somebody's own words it makes at most grey ones.
_COMMAND = re.compile(r"ˋ((?:/dojo|/sensei|sensei)[A-Za-z0-9 _-]{0,60})ˋ")


def refused(what: str, remedy: str = "") -> OutgoingMessage:
    """Say what was not done, and what to do next; the sentences may hold anybody's words."""
    text = _sentences(what, remedy)
    return OutgoingMessage(text, ({"type": "section", "text": mrkdwn_object(text)},))


def modal(what: str, remedy: str = "") -> View:
    """Say the same in a window of its own."""
    text = _sentences(what, remedy)
    return {
        "type": "modal",
        "title": plain_object("Not done"),
        "close": plain_object("Close"),
        "blocks": [{"type": "section", "text": mrkdwn_object(text)}],
    }


def _sentences(what: str, remedy: str) -> str:
    """Return an error's sentences, safe; the commands that they name are set as such again."""
    return _COMMAND.sub(r"`\1`", mrkdwn(f"{what} {remedy}".strip(), _MOST))


def unknown(word: str, meant: str | None) -> OutgoingMessage:
    """Answer a word that is no command."""
    hint = f" Did you mean `{COMMAND} {meant}`?" if meant else ""
    text = f"{COMMAND} knows no “{mrkdwn(word, 60)}”.{hint} `{COMMAND} help` lists what there is."
    return OutgoingMessage(text, ({"type": "section", "text": mrkdwn_object(text)},))
