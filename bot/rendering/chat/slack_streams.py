"""The parts of a message that grows while it is read, as Markdown in which people's text is shown literally.

Only the whole message that follows has links and formatting: a growing one shows plain words.
"""

import re
from collections.abc import Sequence

from bot.domain.secrets.detection import Redactor
from bot.rendering.chat.slack_text import units
from bot.rendering.review.markdown import JOINER
from bot.rendering.text.safe_text import visible

MOST_OF_A_PART = 400
"""A few parts for an answer: Slack takes about a hundred a minute from all conversations together."""

_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=\w)")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_END = re.compile(r"(?<=[.?!:])\s+|\n+")


def stream_parts(text: str, most: int = MOST_OF_A_PART) -> Sequence[str]:
    """Return a text in parts of whole sentences, each of them safe Markdown. Known secrets are hidden.

    A sentence that is longer than ``most`` is a part of its own.
    """
    shown = visible(Redactor().redact(text).replace("\r\n", "\n")).strip()
    parts: list[str] = []
    begin = 0
    for end in [*(found.end() for found in _END.finditer(shown)), len(shown)]:
        sentence = safe_markdown(shown[begin:end])
        begin = end
        if not sentence:
            continue
        if parts and units(parts[-1]) + units(sentence) <= most:
            parts[-1] += sentence
        else:
            parts.append(sentence)
    return parts


def safe_markdown(text: str) -> str:
    """Return Markdown that shows a text literally."""
    safe = _EMOJI.sub(f":{JOINER}", _BROADCAST.sub(f"@{JOINER}", _SCHEME.sub(f":{JOINER}", text)))
    escaped = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", escaped)
