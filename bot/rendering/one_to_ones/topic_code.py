"""The code of a topic as the sensei reads it: its place, and its first lines without their margin."""

import re
import textwrap
from urllib.parse import quote

from bot.domain.one_to_ones.briefs import TopicCode
from bot.domain.review.paths import path_on_one_line, to_git
from bot.domain.secrets.detection import Redactor
from bot.rendering.chat.slack_text import link, mrkdwn, preformatted

_MOST_LINES, _MOST_OF_A_LINE, _MOST_OF_THE_CODE = 6, 100, 360
_MOST_OF_A_BLOCK = 500  # as sent: "<" becomes "&lt;"
_MOST_OF_A_PLACE, _MOST_OF_AN_ADDRESS = 150, 400
_NOW = "the file now"
_STEP = 4
_SHA = re.compile(r"[0-9a-f]{40,64}")


def show_place(code: TopicCode, page: str) -> str:
    """Return where code is, as safe mrkdwn: a link if the capstone's ``page`` and the commit are known."""
    first, last = code.line_start, code.line_end
    lines = f"line {first}" if first == last else f"lines {first} to {last}"
    words = f"{path_on_one_line(code.path)}, {lines}"
    if not (page and _SHA.fullmatch(code.commit)):
        return mrkdwn(words, _MOST_OF_A_PLACE)
    marked = f"L{first}" if first == last else f"L{first}-L{last}"
    return _link(f"{page}/blob/{code.commit}/{quote(to_git(code.path))}#{marked}", words)


def link_file_now(code: TopicCode, page: str) -> str:
    """Return a link to the file on the default branch, or an empty string."""
    linked = _link(f"{page}/blob/HEAD/{quote(to_git(code.path))}", _NOW) if page else _NOW
    return "" if linked == _NOW else linked


def _link(address: str, words: str) -> str:
    """Return a link, or the words alone if the address is too long for a section."""
    if len(address) > _MOST_OF_AN_ADDRESS:
        return mrkdwn(words, _MOST_OF_A_PLACE)
    return link(address, words, _MOST_OF_A_PLACE)


def show_code(code: TopicCode) -> str:
    """Return the first lines of the code as a block, without secrets."""
    whole = Redactor().redact(code.quote).replace("\r\n", "\n").expandtabs(_STEP).strip("\n").split("\n")
    shown: list[str] = []
    for line in _remove_margin(whole[:_MOST_LINES]):
        cut = _cut_line(line)
        if sum(map(len, shown)) + len(cut) > _MOST_OF_THE_CODE:
            break
        shown.append(cut)
    is_whole = len(shown) == len(whole)
    while shown and not shown[-1].strip():
        shown.pop()
    return preformatted("\n".join([*shown, *([] if is_whole else ["…"])]), _MOST_OF_A_BLOCK)


def _cut_line(line: str) -> str:
    """Return a line that isn't too long, cut between words where there are any."""
    if len(line) <= _MOST_OF_A_LINE:
        return line
    words = re.match(rf".{{1,{_MOST_OF_A_LINE - 1}}}(?!\w)", line)
    return f"{(words[0] if words else line[: _MOST_OF_A_LINE - 1]).rstrip()}…"


def _remove_margin(lines: list[str]) -> list[str]:
    """Return lines of code without the indentation that all of them have.

    Code that begins within a line lacks that line's own, so the next ones are moved to fit: to the margin if
    the last one ends what the first began, else one step in.
    """
    first, rest = lines[0], lines[1:]
    margin = _indent(rest)
    if first[:1].isspace() or margin == 0:
        return textwrap.dedent("\n".join(lines)).split("\n")
    text = "\n".join(lines)
    is_closed = all(text.count(opens) == text.count(closes) for opens, closes in ("()", "[]", "{}"))
    is_end = rest[-1].lstrip()[:1] in {")", "]", "}"} and _indent(rest[-1:]) == margin
    step = 0 if is_closed and is_end else min(margin, _STEP)
    return [first, *(line[margin - step :] for line in rest)]


def _indent(lines: list[str]) -> int:
    return min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
