"""Find secrets that are encoded in base64, or split into strings that a program joins."""

import base64
import binascii
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from bot.domain.secrets.escape_sequences import COLOUR
from bot.domain.secrets.key_formats import PLACEHOLDER

MOST_DECODED = 64 * 1024  # characters of one value; longer ones are files, and only their start is decoded
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}+={0,2}")
_LOGIN = re.compile(r"(?P<user>[!-9;-~]{1,100}):(?P<secret>[!-~]{4,2000})")

# Code between two strings that a program joins.
_BETWEEN_STRINGS = (
    r"[\"'`][ \t]{0,8}+(?:"
    r"(?:\.\.|<<|<>|\|\||\+\+|[+.&])[ \t]{0,8}+(?:\\?\r?\n[ \t]{0,40}+)?"  # "ab" + "cd"
    r"|\\?\r?\n[ \t]{0,40}+(?:[+.&][ \t]{0,8}+)?"  # "ab" \ "cd"
    r"|(?<=[ \t])"  # "ab" "cd"
    r"|(?<=[A-Za-z0-9_-]{4}[\"'`])(?=[\"'`][A-Za-z0-9_-]{4})"  # 'ab''cd'
    r")[rbf]?[\"'`]"
)
_CALLS = (  # "ab".concat("cd"), b.append("ab").append("cd"), b.append("ab"); b.append("cd")
    r"[\"'`](?:\)\s{0,4}+;?\s{0,40}+(?:[A-Za-z_$]\w{0,40}+)?)?"
    r"\.(?:concat|[aA]ppend|push|push_str)\([\"'`]"
)
_ADDED = (  # t = "ab" and then t += "cd", also in a notebook
    r"\\?[\"'`][ \t]{0,8}+;?[ \t]{0,8}+(?:\\n[\"'],[ \t]{0,8}+)?\r?\n[ \t]{0,40}+[\"']?"
    r"[A-Za-z_$][\w.$]{0,60}+"
    r"[ \t]{0,4}+(?:\+=|=[ \t]{0,4}+[\w.$]{1,60}+[ \t]{0,4}+\+)[ \t]{0,4}+[rbfu]?\\?[\"'`]"
)
_COMMENT = (  # a key that continues on the next line of a comment
    r"(?:\r\n(?<=[A-Za-z0-9_+/=-]{12}\r\n)|\n(?<=[A-Za-z0-9_+/=-]{12}\n))"
    r"[ \t]{0,40}+(?:#|//|\*|--|;)[ \t]{0,8}+(?=[A-Za-z_+/=-]{0,40}[0-9])"
)
_JOINT = re.compile(
    r"(?=[\"'`\\\r\n$\x1b\u00ad\u200b-\u200d\u2060])(?:"
    rf"{_BETWEEN_STRINGS}|{_CALLS}|{_ADDED}|{_COMMENT}"
    r"|[\"'`]\}\$?\{[\"'`]|\$\{[ \t]{0,2}[\"']{0,2}[ \t]{0,2}\}"  # `${"ab"}${"cd"}`, `ab${""}cd`
    r"|[\u00ad\u200b-\u200d\u2060](?=[A-Za-z0-9_-])"  # a zero-width character
    rf"|{COLOUR}{{1,4}}+(?=[A-Za-z0-9_-])"
    r"|\\\r?\n[ \t]{0,40}+)"  # ab\ cd
)
_FOLDED = re.compile(
    r":[ \t]{1,4}[|>][+-]?[1-9]?[+-]?[ \t]{0,4}\r?\n([ \t]{1,16})[^\s:]{4,}+(?:\r?\n\1[^\s:]{4,}+){1,40}"
)
_FOLD = re.compile(r"(?<=[^\s>|+-])\r?\n[ \t]+")
_LIST_JOINT = re.compile(r"[\"'`]\s{0,40}+,\s{0,40}+[\"'`]|[\"'`]{2}\.join\(\s{0,8}+[\[(]\s{0,40}+(?=[\"'`])")
_FORMAT = re.compile(r"(?:%s|\{\}){1,8}+[\"'`](?:[ \t]{0,4}+%[ \t]{0,4}+|\.format)\(\s{0,8}+[\"'`]")
_ITEM = re.compile(r"[A-Za-z0-9_-]{1,200}+(?P<joint>[\"'`]\s{0,8}+,\s{0,8}+[\"'`])")
_AROUND_JOIN = 400  # characters before and after "join" to search for its list

_KIND = re.compile(r"^[ \t\"']{0,8}+kind[\"']?:[ \t]{1,4}+[\"']?Secret\b", re.MULTILINE)
_ENTRY = re.compile(
    r"[ \t]{1,40}+[\"']?[\w.-]{1,200}+[\"']?:[ \t]{1,8}+[\"']?(?P<secret>[^\s\"'{}|>$][^\s\"']{3,}+)"
)

_BEFORE, _BEHIND = 200, 500  # characters around a joint in which its string is searched for
_GAP = "\n\0\n"  # a character that no name or value contains

Span = tuple[int, int]
_FAR = 1 << 62


def decode_base64_text(value: str) -> str | None:
    """Return the text that a value encodes in base64, or None if it doesn't encode text."""
    head = _decode_base64(value[:32])
    if head is None or not _is_text(head):
        return None
    data = _decode_base64(value[:MOST_DECODED].rstrip("="))
    return data.decode("ascii", "replace") if data and _is_text(data) else None


def is_login(value: str) -> bool:
    """Return whether a value is ``user:password`` in base64."""
    text = decode_base64_text(value)
    found = _LOGIN.fullmatch(text) if text else None
    return found is not None and not PLACEHOLDER.search(found["secret"])


def find_wrapped(text: str) -> Iterator[tuple[Span, str]]:
    """Yield the span of each base64 value that encodes text, and that text."""
    for found in _BASE64.finditer(text):
        if content := decode_base64_text(found[0]):
            yield found.span(), content


def find_manifest_values(text: str) -> Iterator[Span]:
    """Yield the values in Kubernetes manifests of kind Secret. Each of them counts as a secret."""
    start = 0
    while _KIND.search(text, start):
        end = text.find("\n---", start)
        end = end if end >= 0 else len(text)
        if _KIND.search(text, start, end):
            yield from _find_entries(text, start, end)
        start = end + 1


def _find_entries(text: str, at: int, end: int) -> Iterator[Span]:
    inside, indent = False, 0
    for line in text[at:end].split("\n"):
        bare = line.strip()
        depth = len(line) - len(line.lstrip())
        if bare in {"data:", "stringData:"}:
            inside, indent = True, depth
        elif bare and depth <= indent:
            inside = False
        if inside and (found := _ENTRY.match(line)):
            yield at + found.start("secret"), at + found.end("secret")
        at += len(line) + 1


class JoinedStrings:
    """The text around joined strings, without the joints; ``text`` is empty if there are none."""

    def __init__(self, text: str) -> None:
        """Join the strings that a program joins in a text."""
        self._cuts: list[
            Span
        ] = []  # each position in the joined text from which a new offset applies, and the offset
        parts, at, length, until = list[str](), 0, 0, 0
        joints = {
            *(found.span() for found in _JOINT.finditer(text)),
            *_find_list_joints(text),
            *_find_folds(text),
            *_find_format_joints(text),
        }
        for start, end in sorted(joints):
            if start < at:
                continue
            if start - _BEFORE > until:  # far after the last joint: leave out the text in between
                parts += (text[at:until], _GAP)
                length += until - at + len(_GAP)
                at = start - _BEFORE
                self._cuts.append((length, at - length))
            parts.append(text[at:start])
            length += start - at
            at, until = end, min(len(text), end + _BEHIND)
            self._cuts.append((length, at - length))
        self.text = "".join((*parts, text[at:until]))

    def pieces(self, start: int, end: int) -> list[Span]:
        """Return the original spans of a span in the joined text, or nothing if it crosses no joint."""
        first = bisect_right(self._cuts, (start, _FAR))
        inside = self._cuts[first : bisect_left(self._cuts, (end, -1))]
        if not inside:
            return []
        shift = self._cuts[first - 1][1] if first else 0
        spans = []
        for at, following in inside:
            spans.append((start + shift, at + shift))
            start, shift = at, following
        return [*spans, (start + shift, end + shift)]


def _find_list_joints(text: str) -> Iterator[Span]:
    at, done = text.find("join("), 0
    while at >= 0:
        until = at + _AROUND_JOIN
        yield from (found.span() for found in _LIST_JOINT.finditer(text, max(done, at - _AROUND_JOIN), until))
        at, done = text.find("join(", until), until


def _find_format_joints(text: str) -> Iterator[Span]:
    """Yield the code between a format string and its first argument, and between the arguments."""
    for found in _FORMAT.finditer(text):
        yield found.span()
        at = found.end()
        while item := _ITEM.match(text, at):
            yield item.span("joint")
            at = item.end()


def _find_folds(text: str) -> Iterator[Span]:
    """Yield the line ends within a YAML block in which each line is one word."""
    for block in _FOLDED.finditer(text):
        yield from (fold.span() for fold in _FOLD.finditer(text, block.end(1), block.end()))


def _decode_base64(value: str) -> bytes | None:
    plain = value.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) // 4 * 4 + (len(plain) % 4 if len(plain) % 4 > 1 else 0)]
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None


def _is_text(data: bytes) -> bool:
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in data)
