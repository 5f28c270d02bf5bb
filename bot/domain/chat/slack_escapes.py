"""Undoes Slack's escaping in the text of commands and messages, once, where it arrives.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re

_ESCAPES = {"amp": "&", "lt": "<", "gt": ">"}
_ESCAPED = re.compile("&(amp|lt|gt);")
_LINK = re.compile(r"<(?:mailto:([^<>|\s]+)|(https?://[^<>|\s]+))(?:\|[^<>]*)?>")
_NAMED = re.compile(r"<([#!])[^<>|]*\|([^<>]*)>")
_BROADCAST = re.compile(r"<!(here|channel|everyone)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def unescape(text: str) -> str:
    """Return text as its author typed it, with each mention as ``<@U123>``.

    Slack's mentions may contain a name, as in ``<@U123|ada>``. It is left out, because it can be any text.
    """
    return _ESCAPED.sub(lambda found: _ESCAPES[found[1]], _MENTION.sub(r"<@\1>", text))


def unescape_message(text: str) -> str:
    """Return a message's text as people read it, with links as bare addresses.

    Mentions of people stay ``<@U123>``, because a message has only their ids.
    """
    shown = _LINK.sub(lambda found: found[1] or found[2], text)
    shown = _NAMED.sub(lambda found: f"#{found[2]}" if found[1] == "#" else found[2], shown)
    return unescape(_BROADCAST.sub(r"@\1", shown))


def escape(text: str) -> str:
    """Return text as Slack sends it, so that ``unescape`` returns it unchanged."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def find_mentioned_user(word: str) -> str | None:
    """Return the account that a word mentions, or None if it isn't a mention."""
    found = _MENTION.fullmatch(word.strip())
    return found[1] if found else None
