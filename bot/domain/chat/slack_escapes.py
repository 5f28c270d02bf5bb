"""Undoes Slack's escaping in the text of commands, once, where it arrives.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re

_ESCAPES = {"amp": "&", "lt": "<", "gt": ">"}
_ESCAPED = re.compile("&(amp|lt|gt);")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def unescape(text: str) -> str:
    """Return text as its author typed it, with each mention as ``<@U123>``.

    Slack's mentions may contain a name, as in ``<@U123|ada>``. It is left out, because it can be any text.
    """
    return _ESCAPED.sub(lambda found: _ESCAPES[found[1]], _MENTION.sub(r"<@\1>", text))


def escape(text: str) -> str:
    """Return text as Slack sends it, so that ``unescape`` returns it unchanged."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def find_mentioned_user(word: str) -> str | None:
    """Return the account that a word mentions, or None if it isn't a mention."""
    found = _MENTION.fullmatch(word.strip())
    return found[1] if found else None
