"""Text for Slack: what others wrote is shown as they wrote it, and does nothing.

For other modules here:

* ``plain(text, most)`` is a string for a ``plain_text`` object: names, titles, options, labels.
* ``mrkdwn(text, most)`` is a string to put into a mrkdwn text of ours, between words of ours.
* ``plain_object(string)`` and ``mrkdwn_object(string)`` make the text objects, of strings that are safe
  already. Every text object of ours is made by these two: the validator refuses mrkdwn that is not verbatim.
* ``mention(user)``, ``link(address, label)`` and ``moment(at)`` are the only things that do something.
* ``page_of(items, number, size)`` cuts a long list.

Both texts are one line unless ``lines=True``; neither is ever empty (a dash stands for nothing), and neither
is longer than ``most``, counted in UTF-16 units as sent, which is the strictest way to count.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

from bot.domain.secrets.detection import Redactor
from bot.rendering.review.markdown import JOINER
from bot.rendering.text.safe_text import visible

NOTHING = "–"
"""Stands where there is no text: Slack refuses an empty one."""

_CUT = "…"
# Tag characters after a black flag draw Scotland's; joiners belong between letters and emoji that are not
# ASCII. Everything else unseen is written out.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_JOINED = re.compile(f"{_FLAG.pattern}|(?<=[^\\x00-\\x7f])[\u200c\u200d](?=[^\\x00-\\x7f])")
_MOST_MARKS = 6  # on one letter: more are a heap that covers the lines above
_LONGEST_CLUSTER = 16  # a family with its joiners has eleven
# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What formats in mrkdwn, as characters that look alike and do not: no escape for them is documented.
_ALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=\s*(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=mailto):", re.IGNORECASE)
_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_ISOLATE, _END = "\u2068", "\u2069"

T = TypeVar("T")


def units(text: str) -> int:
    """Return the length in UTF-16 units: at least as many as characters."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain(text: str, most: int, *, lines: bool = False) -> str:
    """Return somebody's text for a plain_text object, at most ``most`` long."""
    return _fitted(_seen(text, lines), most)


def mrkdwn(text: str, most: int, *, lines: bool = False) -> str:
    """Return somebody's text for a place in mrkdwn, at most ``most`` long.

    Secrets that our rules know are hidden. It mentions nobody, links nowhere, formats nothing and draws no
    emoji that was not one already.
    """
    seen = _QUOTE.sub(r"\1›", _seen(Redactor().redact(text), lines))
    seen = _UNDERSCORE.sub("ˍ", seen.translate(_ALIKE))
    seen = _EMOJI.sub("∶", _SCHEME.sub(f":{JOINER}", seen))
    return _fitted(_BROADCAST.sub(f"@{JOINER}", seen), most)


def plain_object(text: str) -> dict[str, Any]:
    """Return a plain_text object of a text that is safe; ``:tada:`` in it stays as written."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_object(text: str) -> dict[str, Any]:
    """Return a mrkdwn object of a text that is safe; Slack makes no links or mentions of its own in it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def mention(user: str) -> str:
    """Mention the one who is meant, by the id of their account: they are notified.

    Raises:
        ValueError: that is no id of a user.
    """
    if not _USER.fullmatch(user):
        raise ValueError(f"{user!r} is no id of a user")
    return f"<@{user}>"


def link(address: str, label: str, most: int = 150) -> str:
    """Return a link of ours for mrkdwn; ``label`` may be anybody's text, at most ``most`` long.

    Raises:
        ValueError: the address is not http(s).
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("a link of ours leads to a page")
    safe = quote(address, safe="/:?#[]@!$'()*+,;=%~-._&").replace("&", "&amp;")
    return f"<{safe}|{mrkdwn(label.replace('|', '∣'), most)}>"


def moment(at: datetime, form: str = "{date_short_pretty}, {time}") -> str:
    """Return a moment that each reader sees in their own time zone; for who cannot, in UTC.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting

    Raises:
        ValueError: a moment without a time zone.
    """
    if at.utcoffset() is None:
        raise ValueError("a moment has a time zone")
    said = f"{at.astimezone(tz=_UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{form}|{said}>"


_UTC = datetime.fromisoformat("2000-01-01T00:00:00+00:00").tzinfo


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """Some of a list: page ``number`` (from 1) of ``of``, which begins with item ``first`` (from 1)."""

    items: Sequence[T]
    number: int
    of: int
    first: int
    total: int

    @property
    def words(self) -> str:
        """Say which they are: ``21–40 of 50``; nothing where they are all."""
        if self.of == 1:
            return ""
        last = self.first + len(self.items) - 1
        return f"{self.first}–{last} of {self.total}" if last > self.first else f"{last} of {self.total}"


def page_of(items: Sequence[T], number: int, size: int = 20) -> ListPage[T]:
    """Return a page of a list; a number beyond its ends means the nearest page."""
    of = max(1, -(-len(items) // size))
    number = min(max(1, number), of)
    first = (number - 1) * size
    return ListPage(items[first : first + size], number, of, first + 1, len(items))


def _seen(text: str, lines: bool) -> str:
    """Return text without what is unseen; on one line, or on lines of which each keeps its direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = []
    begins = 0
    for joined in _JOINED.finditer(text):
        whole += [visible(text[begins : joined.start()]), joined[0]]
        begins = joined.end()
    shown = "".join([*whole, visible(text[begins:])])
    rows = shown.split("\n") if lines else [shown]
    tidy = [" ".join(row.split()) for row in rows]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(tidy).strip("\n"))


def _fitted(text: str, most: int) -> str:
    """Return the text escaped, isolated where it runs from right to left, and no longer than ``most``."""
    if most < 1:
        raise ValueError("a text has room for one character at least")
    if not text:
        return NOTHING
    backwards = most >= 8 and any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text)
    room = most - 2 if backwards else most
    kept: list[str] = []
    used = 0
    whole = True
    for cluster in _clusters(text):
        piece = "".join(_ESCAPED.get(each, each) for each in cluster)
        if used + units(piece) > room:
            whole = False
            break
        kept.append(piece)
        used += units(piece)
    if not whole:
        while kept and used + units(_CUT) > room:
            used -= units(kept.pop())
        while kept and kept[-1].isspace():
            kept.pop()
        kept.append(_CUT)
    fitted = "".join(kept)
    return f"{_ISOLATE}{fitted}{_END}" if backwards else fitted


def _clusters(text: str) -> Iterator[str]:
    """Yield what is seen as one character: never half a family, a flag or an accented letter."""
    cluster = ""
    marks = 0
    for flag_or_not in re.split(f"({_FLAG.pattern})", text):
        if _FLAG.fullmatch(flag_or_not):
            if cluster:
                yield cluster
            cluster = flag_or_not
            continue
        for character in flag_or_not:
            if cluster and _joins(cluster, character):
                marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
                if marks <= _MOST_MARKS:
                    cluster += character
                continue
            if cluster:
                yield cluster
            cluster, marks = character, 0
    if cluster:
        yield cluster


def _joins(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if len(cluster) >= _LONGEST_CLUSTER:
        return False
    if last == "\u200d" or character in "\u200c\u200d\ufe0e\ufe0f":
        return True
    if unicodedata.category(character) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= character <= "\U0001f3ff":
        return not last.isspace()
    if "\U0001f1e6" <= character <= "\U0001f1ff":  # two of these are a flag
        return len(cluster) == 1 and "\U0001f1e6" <= last <= "\U0001f1ff"
    return False
