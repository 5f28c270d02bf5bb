"""Taking a Markdown file apart: front matter, headings, and the lines under each.

Every step looks at each line a fixed number of times, and nothing in the file is evaluated: its front matter
is not parsed as YAML, which can expand without limit, but read as lines of ``key: value``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_CHARACTERS = 65_536
"""Maximum characters of a record. A longer file is not read."""
MOST_LINES = 3000
_MOST_FRONT_MATTER = 60  # lines
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?\Z")
_CLOSING = re.compile(r"(?:\A|[ \t])#+[ \t]*\Z")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_KEY = re.compile(r"([A-Za-z][\w -]{0,40}):(?:[ \t]+(.*))?\Z")
_ITEM = re.compile(r"\A[ \t]{0,3}[*+-][ \t]+")
_COMMENT = re.compile(r"(?<!\\)<!--[^<>]{0,2000}-->")
_MARKER = re.compile(r"^<!-- sensei:decision=(\d{1,9}) -->[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RecordSection:
    """A heading and the lines under it, up to the next heading. ``level`` is 0 for what precedes them all."""

    level: int
    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MarkdownFile:
    """A file in its sections. ``front_matter`` has lower-case keys; ``marker`` is the number in Sensei's."""

    front_matter: Mapping[str, str]
    sections: tuple[RecordSection, ...]
    marker: int | None


def split_markdown(text: str) -> MarkdownFile | None:
    """Return a file's sections, or None if it is too long to be read."""
    if len(text) > MOST_CHARACTERS:
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MOST_LINES:
        return None
    front_matter, body = _take_front_matter(lines)
    markers = _MARKER.findall(text)
    return MarkdownFile(front_matter, tuple(_split_sections(body)), int(markers[-1]) if markers else None)


def read_key(line: str) -> tuple[str, str] | None:
    """Return the key, in lower case, and the value of ``key: value``, also in a list or in bold, or None."""
    plain = _ITEM.sub("", line, count=1).replace("**", "").strip()
    found = _KEY.match(plain)
    return (found[1].strip().casefold(), (found[2] or "").strip().strip("\"'")) if found else None


def without_comments(text: str) -> str:
    """Return text without HTML comments, which a reader of the page doesn't see."""
    return _COMMENT.sub("", text)


def _take_front_matter(lines: Sequence[str]) -> tuple[Mapping[str, str], Sequence[str]]:
    if lines[0].rstrip() != "---":
        return {}, lines
    for end, line in enumerate(lines[1 : _MOST_FRONT_MATTER + 1], 1):
        if line.rstrip() == "---":
            keys = [pair for inner in lines[1:end] if (pair := read_key(inner.split(" #")[0]))]
            return dict(keys), lines[end + 1 :]
    return {}, lines


def _split_sections(lines: Sequence[str]) -> Iterator[RecordSection]:
    level, heading, held, fence = 0, "", list[str](), ""
    for line in lines:
        if mark := _FENCE.match(line):
            fence = "" if fence == mark[1] else fence or mark[1]
        found = None if fence else _find_heading(line, held)
        if found is None:
            held.append(line)
            continue
        yield RecordSection(level, heading, tuple(held))
        level, heading = found
        held = []
    yield RecordSection(level, heading, tuple(held))


def _find_heading(line: str, held: list[str]) -> tuple[int, str] | None:
    """Return the level and the text of a heading that ends with this line.

    The text of an underlined heading is the only line of its paragraph; it is taken off ``held``.
    """
    if found := _ATX.match(line):
        return len(found[1]), _CLOSING.sub("", found[2] or "").strip()
    underline = _SETEXT.match(line)
    is_alone = held and held[-1].strip() and (len(held) == 1 or not held[-2].strip())
    if not underline or not is_alone or _ITEM.match(held[-1]) or held[-1].lstrip().startswith("\\"):
        return None
    return (1 if underline[1][0] == "=" else 2), held.pop().strip()
