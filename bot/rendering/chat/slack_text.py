"""Text for Slack, where what people wrote is shown literally: it can't mention anyone, link or format.

* ``plain(text, most)`` returns a string for a ``plain_text`` object: names, titles, options, labels.
* ``mrkdwn(text, most)`` returns a string to put into our own mrkdwn text.
* ``with_code(safe)`` formats the names of code in a text of ``mrkdwn``, where it had backticks.
* ``preformatted(text, most)`` returns a block of code for our own mrkdwn text.
* ``plain_object(string)`` and ``mrkdwn_object(string)`` make text objects of strings that are safe already.
  They make all text objects: the validator refuses mrkdwn that is not verbatim.
* ``mention(user)``, ``link(address, label)`` and ``moment(at)`` are the only texts with an effect.
* ``page_of(items, number, size)`` returns a page of a long list.

``plain`` and ``mrkdwn`` return one line unless ``lines=True``. The result is never empty (a dash replaces an
empty text), and never longer than ``most``, counted in UTF-16 units as sent, which is the strictest way.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlsplit

from bot.domain.secrets.detection import Redactor
from bot.rendering.review.markdown import JOINER
from bot.rendering.text.safe_text import visible

NOTHING = "–"
"""Stands for an empty text, which Slack refuses."""

_CUT = "…"
# Tag characters after a black flag draw Scotland's flag. Joiners belong between letters and emoji that are
# not ASCII. All other invisible characters are written out.
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_JOINED = re.compile(f"{_FLAG.pattern}|(?<=[^\\x00-\\x7f])[\u200c\u200d](?=[^\\x00-\\x7f])")
_MOST_MARKS = 6  # on one letter: more would cover the lines above
_LONGEST_CLUSTER = 16  # a family with its joiners has eleven
# https://docs.slack.dev/messaging/formatting-message-text#escaping
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Characters that format mrkdwn, mapped to look-alikes that don't: Slack documents no escape for them.
_ALIKE = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_ORIGINALS = str.maketrans({"∗": "*", "∼": "~", "ˍ": "_", "∶": ":", JOINER: ""})
_SPAN = re.compile("(?<!\\w)ˋ([^ˋ\n]{1,100})ˋ(?!\\w)")
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_BROADCAST = re.compile(r"@(?=\s*(?:here|channel|everyone|group)\b)", re.IGNORECASE)
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)|(?<=mailto):", re.IGNORECASE)
_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_MARKS = {"Mn", "Me"}
_ISOLATE, _END = "\u2068", "\u2069"

T = TypeVar("T")


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str, most: int, *, lines: bool = False) -> str:
    """Return a person's text for a plain_text object, at most ``most`` long."""
    return _fit(_make_visible(text, lines), most)


def mrkdwn(text: str, most: int, *, lines: bool = False) -> str:
    """Return a person's text for use in mrkdwn, at most ``most`` long.

    Known secrets are hidden. The text can't mention anyone, link, format, or show emoji by ``:name:``.
    """
    safe = _QUOTE.sub(r"\1›", _make_visible(Redactor().redact(text), lines))
    safe = _UNDERSCORE.sub("ˍ", safe.translate(_ALIKE))
    safe = _EMOJI.sub("∶", _SCHEME.sub(f":{JOINER}", safe))
    return _fit(_BROADCAST.sub(f"@{JOINER}", safe), most)


def with_code(safe: str) -> str:
    """Return a text of ``mrkdwn`` in which what stood between backticks is formatted as code.

    Nothing has an effect within code, so look-alikes of other signs are the signs themselves there.
    """
    return _SPAN.sub(lambda span: f"`{span[1].translate(_ORIGINALS)}`", safe)


def preformatted(text: str, most: int) -> str:
    """Return code as a preformatted block for mrkdwn; its text is at most ``most`` long.

    Known secrets are hidden. Nothing in it can end the block, and its lines keep their indentation.
    """
    shown = visible(Redactor().redact(text).replace("\r\n", "\n")).expandtabs(4).strip("\n")
    return f"```\n{_fit(shown.replace('`', 'ˋ'), most)}\n```"


def plain_object(text: str) -> dict[str, Any]:
    """Return a plain_text object for a safe text; ``:tada:`` in it stays as written."""
    return {"type": "plain_text", "text": text, "emoji": False}


def mrkdwn_object(text: str) -> dict[str, Any]:
    """Return a mrkdwn object for a safe text, to which Slack adds no links or mentions."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def mention(user: str) -> str:
    """Return a mention of a person by their account id. Slack notifies them.

    Raises:
        ValueError: this is not the id of a user.
    """
    if not _USER.fullmatch(user):
        raise ValueError(f"{user!r} is not the id of a user")
    return f"<@{user}>"


def link(address: str, label: str, most: int = 150) -> str:
    """Return a link for mrkdwn; ``label`` may be a person's own text, at most ``most`` long.

    Raises:
        ValueError: the address is not http(s).
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("a link must be an http(s) address")
    safe = quote(address, safe="/:?#[]@!$'()*+,;=%~-._&").replace("&", "&amp;")
    return f"<{safe}|{mrkdwn(label.replace('|', '∣'), most)}>"


def moment(at: datetime, form: str = "{date_short_pretty}, {time}") -> str:
    """Return a date and time that Slack shows in each reader's time zone, with UTC as the fallback.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting

    Raises:
        ValueError: the moment has no time zone.
    """
    if at.utcoffset() is None:
        raise ValueError("a moment must have a time zone")
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{form}|{fallback}>"


@dataclass(frozen=True, slots=True)
class ListPage(Generic[T]):
    """Page ``number`` of ``of`` of a list, starting with item ``first``. All count from 1."""

    items: Sequence[T]
    number: int
    of: int
    first: int
    total: int

    @property
    def words(self) -> str:
        """The range of items shown, like ``21–40 of 50``. Empty if the page shows them all."""
        if self.of == 1:
            return ""
        last = self.first + len(self.items) - 1
        return f"{self.first}–{last} of {self.total}" if last > self.first else f"{last} of {self.total}"


def page_of(items: Sequence[T], number: int, size: int = 20) -> ListPage[T]:
    """Return a page of a list. If the number is out of range, return the nearest page."""
    of = max(1, -(-len(items) // size))
    number = min(max(1, number), of)
    first = (number - 1) * size
    return ListPage(items[first : first + size], number, of, first + 1, len(items))


def _make_visible(text: str, lines: bool) -> str:
    """Return a text with visible codes for invisible characters, on one line unless ``lines``."""
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


def _fit(text: str, most: int) -> str:
    """Return an escaped text no longer than ``most``. Right-to-left text is isolated."""
    if most < 1:
        raise ValueError("a text needs room for at least one character")
    if not text:
        return NOTHING
    backwards = (
        most >= 8
        and not text.isascii()
        and any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    )
    room = most - 2 if backwards else most
    escaped = text.translate(_ESCAPES)
    is_whole = units(escaped) <= room and not _has_marks(text)
    fitted = escaped if is_whole else _fit_clusters(text, room)
    return f"{_ISOLATE}{fitted}{_END}" if backwards else fitted


def _has_marks(text: str) -> bool:
    """Say whether a text has combining marks, of which a character keeps only some."""
    return not text.isascii() and any(unicodedata.category(character) in _MARKS for character in text)


def _fit_clusters(text: str, room: int) -> str:
    """Return an escaped text no longer than ``room``, cut between what people see as characters."""
    kept: list[str] = []
    used = 0
    whole = True
    for cluster in _split_clusters(text):
        piece = cluster.translate(_ESCAPES)
        size = units(piece)
        if used + size > room:
            whole = False
            break
        kept.append(piece)
        used += size
    if not whole:
        while kept and used + units(_CUT) > room:
            used -= units(kept.pop())
        while kept and kept[-1].isspace():
            kept.pop()
        kept.append(_CUT)
    return "".join(kept)


def _split_clusters(text: str) -> Iterator[str]:
    """Yield units that people see as one character, such as a family emoji, a flag or an accented letter."""
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
                marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
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
