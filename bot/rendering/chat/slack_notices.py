"""Short answers: errors and suggestions for unknown commands."""

import re

from bot.domain.chat.slash_commands import COMMAND
from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_text import mrkdwn, mrkdwn_object, plain_object

_MOST = 2000
# Matches commands whose backticks ``mrkdwn`` has rewritten. If people wrote them, they are only formatted.
_COMMAND = re.compile(r"ˋ((?:/dojo|/sensei|sensei)[A-Za-z0-9 @_-]{0,60})ˋ")


def refused(what: str, remedy: str = "") -> OutgoingMessage:
    """Return an error as a message. Its sentences may quote people's own words."""
    text = _format_error(what, remedy)
    return OutgoingMessage(text, ({"type": "section", "text": mrkdwn_object(text)},))


def undone(what: str, why: str) -> OutgoingMessage:
    """Tell the author of a command, click or form that it wasn't done.

    ``what`` completes "I couldn't", such as "approve the pair". ``why`` may quote people's own words; it is
    empty if a bug is the reason.
    """
    what = what or "do what you asked"
    if why:
        return refused(f"I couldn't {what}.", why)
    return refused(
        f"I couldn't {what}, because something went wrong on my side. Nothing was changed.",
        "Please try again. If it happens again, tell the person who runs Sensei.",
    )


def modal(what: str, remedy: str = "", title: str = "Not done") -> View:
    """Return an error as a modal. Its sentences may quote people's own words."""
    text = _format_error(what, remedy)
    return {
        "type": "modal",
        "title": plain_object(title),
        "close": plain_object("Close"),
        "blocks": [{"type": "section", "text": mrkdwn_object(text)}],
    }


def _format_error(what: str, remedy: str) -> str:
    """Return an error as safe mrkdwn, with commands formatted as code."""
    return _COMMAND.sub(r"`\1`", mrkdwn(f"{what} {remedy}".strip(), _MOST))


def unknown(word: str, meant: str | None) -> OutgoingMessage:
    """Answer an unknown command. ``meant`` is the command to suggest."""
    hint = f" Did you mean `{COMMAND} {meant}`?" if meant else ""
    text = (
        f"{COMMAND} has no command “{mrkdwn(word, 60)}”.{hint} For a list of commands, use `{COMMAND} help`."
    )
    return OutgoingMessage(text, ({"type": "section", "text": mrkdwn_object(text)},))
