"""Splitting a Markdown text into passages, under its headings.

CommonMark and GitHub's tables are read as GitHub does: a ``#`` in code is no heading, and comments in HTML
and the front matter aren't shown, so they belong to no passage. A text may be a stranger's: only its first
``MOST_CHARACTERS`` and ``MOST_LINES`` are read, which takes about three seconds at worst.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.sources.documents import Document, Passage

MOST_CHARACTERS = 200_000
"""Characters of a text that are read; the rest is left out."""
MOST_LINES = 10_000
"""Lines of a text that are read: lines in nested quotes take longest."""
FEWEST_WORDS = 60
"""A shorter section is joined with short ones after it that are below the same heading."""
MOST_WORDS = 250
"""A longer section is split between its paragraphs, items, rows or lines; only code may be longer."""
MOST_CODE = 6000
"""Characters of a block of code that are kept: whole lines, of which a passage's reader sees enough."""

_CHARACTERS_A_WORD = 10  # counts what has few spaces, such as addresses and code
_MOST_IN_A_HEADING = 120
_MOST_FRONT_MATTER = 200  # lines
_MOST_IN_A_HEADER = 500
_FRONT_MATTER_ENDS = {"---": ("---", "..."), "+++": ("+++",)}
_TITLE = re.compile(r"title[ \t]*[:=][ \t]*(.+)")
_DELIMITERS = "|-: \t"
_SITE_ANCHOR = re.compile(r"[ \t]*\{#[^{}]*\}[ \t]*\Z")
_TAG = re.compile(r"<[^<>]*>")
_UNSEEN = re.compile(r"[ \t]*<(?:script|style)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;][\"')\]*_]*\s|\s")
_CONTAINERS = {"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"}
"""Blocks that may be split between the blocks inside them."""
_CODE = {"fence", "code_block"}
# A table is a paragraph here, whose lines are its rows: the parser's tables take as long as their widest row.
_blocks = MarkdownIt(
    "commonmark", {"maxNesting": 40}
)  # the parser drops what is nested deeper, and all after it
_blocks.core.ruler.enableOnly(["normalize", "block"])
_inline = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that stay together. ``header`` is that of their table, if it isn't among them."""

    start: int
    end: int
    text: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: itself after those above it, as it is written, and its anchor.

    ``top`` is the first of these, if it is of the first level.
    """

    path: tuple[str, ...] = ()
    top: str = ""
    mark: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of what is below a heading. ``headings`` lead to all of it, also after others were joined."""

    heading: _Heading
    headings: tuple[str, ...]
    text: str


def make_document(key: str, text: str, base: str = "", title: str = "") -> Document:
    """Make a document of a Markdown text. ``base`` is the address of its page, or "".

    The title is the one given, or the front matter's, or the first heading's of the first level, or the key.
    Passages don't repeat it as their first heading.
    """
    front, body = _split_front_matter(text)
    sections = list(_list_sections(body))
    passages = _make_passages(sections, base)
    first = next((section.heading.top for section in sections if section.heading.top), "")
    title = title or _find_title(front) or first or key
    return Document(
        key,
        title,
        tuple(
            replace(passage, headings=passage.headings[1:]) if passage.headings[:1] == (title,) else passage
            for passage in passages
        ),
    )


def split_markdown(text: str, base: str = "") -> tuple[Passage, ...]:
    """Split a Markdown text into passages of some 60 to 250 words, in its order.

    Each links to the heading that it begins under, ``base#anchor``, if ``base`` isn't empty.
    """
    return _make_passages(_list_sections(_split_front_matter(text)[1]), base)


def make_anchor(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading's shown text, before it numbers doubles.

    https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
    """
    kept = "".join(character for character in heading.strip().lower() if _is_kept(character))
    return kept.replace(" ", "-")


def _is_kept(character: str) -> bool:
    category = unicodedata.category(character)
    return character in "- " or category[0] in "LM" or category in {"Nd", "Pc"}


def _split_front_matter(text: str) -> tuple[list[str], str]:
    """Return the lines of the front matter, and the text after it, with line ends of one kind."""
    text = text[:MOST_CHARACTERS].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n", MOST_LINES)[:MOST_LINES]
    ends = _FRONT_MATTER_ENDS.get(lines[0].rstrip(), ())
    for number, line in enumerate(lines[1:_MOST_FRONT_MATTER], 1):
        if line.rstrip() in ends:
            return lines[1:number], "\n".join(lines[number + 1 :])
    return [], "\n".join(lines)


def _find_title(front_matter: Sequence[str]) -> str:
    """Return the title that a front matter gives. It isn't parsed as YAML, which can expand without limit."""
    found = next(filter(None, map(_TITLE.match, front_matter)), None)
    return found[1].strip().strip("\"'").strip()[:_MOST_IN_A_HEADING] if found else ""


def _make_passages(sections: Iterable[_Section], base: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(section.headings, section.text, _make_link(base, section.heading.anchor))
        for section in _join_short(sections)
    )


def _make_link(base: str, anchor: str) -> str:
    return f"{base}#{anchor}" if base and anchor else base


def _list_sections(body: str) -> Iterator[_Section]:
    """Yield what is below each heading, in parts that aren't too long."""
    tokens = _blocks.parse(body)
    lines = _list_shown_lines(body, tokens)
    doubles: Counter[str] = Counter()
    path: list[tuple[int, str]] = []
    current, begin = _Heading(), 0
    for number, (token, inner) in enumerate(pairwise([*tokens, Token("end", "", 0)])):
        if token.type != "heading_open":
            continue
        heading = _show_inline(inner.content)
        plain = make_anchor(heading)
        numbered = f"{plain}-{doubles[plain]}" if doubles[plain] else plain
        doubles[plain] += 1
        if token.level:
            continue  # in a quote or a list, where it has an anchor, but begins no section
        yield from _make_sections(current, _list_pieces(tokens[begin:number], lines))
        heading, depth = _SITE_ANCHOR.sub("", heading), int(token.tag[1:])
        path = [*(above for above in path if above[0] < depth), (depth, heading)]
        shown = tuple(text for _, text in path if text)
        top = path[0][1] if path[0][0] == 1 else ""
        current, begin = _Heading(shown, top, f"{'#' * depth} {heading}", numbered), number + 3
    yield from _make_sections(current, _list_pieces(tokens[begin:], lines))


def _show_inline(markup: str) -> str:
    """Return what a reader sees of a heading, without images and tags."""
    [inline] = _inline.parseInline(markup[:_MOST_IN_A_HEADING])
    shown = (
        " " if token.type in {"softbreak", "hardbreak"} else token.content
        for token in inline.children or []
        if token.type not in {"image", "html_inline"}
    )
    return "".join(shown).strip()


def _list_shown_lines(body: str, tokens: Sequence[Token]) -> list[str]:
    """Return the lines of a text without what no reader sees: comments, tags, and definitions of links."""
    lines = body.split("\n")
    shown = [""] * len(lines)
    for token in tokens:
        if token.map is None or (token.type not in {*_CODE, "inline", "html_block", "hr"}):
            continue
        start, end = token.map
        if token.type in {"inline", "html_block"}:
            text = _remove_comments("\n".join(lines[start:end]), unclosed=token.type == "html_block")
            if token.type == "html_block":
                text = "\n" * text.count("\n") if _UNSEEN.match(text) else _TAG.sub(_keep_line_ends, text)
            shown[start:end] = text.split("\n")
        else:
            shown[start:end] = lines[start:end]
    return shown


def _keep_line_ends(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _remove_comments(text: str, *, unclosed: bool) -> str:
    """Remove comments but no line ends. One that is never closed reaches to the end if ``unclosed``."""
    kept, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0 and not unclosed:
            break
        after = len(text) if end < 0 else end + 3
        kept += [text[at:begin], "\n" * text.count("\n", begin, after)]
        at = after
    return "".join([*kept, text[at:]])


def _list_pieces(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[_Piece]:
    """Yield some blocks, and in place of those that are too long, the parts into which they may be split."""
    number = 0
    while number < len(tokens):
        token = tokens[number]
        after = _find_end(tokens, number)
        if token.map is not None:
            start, end = token.map
            text = "\n".join(lines[start:end])
            if token.type in _CODE:
                yield _Piece(start, end, _shorten_code(text, token.markup))
            elif _count_words(text) <= MOST_WORDS:
                yield _Piece(start, end, text)
            elif token.type in _CONTAINERS:
                yield from _list_pieces(tokens[number + 1 : after - 1], lines)
            else:
                yield from _split_lines(start, lines[start:end])
        number = after


def _find_end(tokens: Sequence[Token], number: int) -> int:
    """Return the number after the last token of a block."""
    if tokens[number].nesting <= 0:
        return number + 1
    level = tokens[number].level
    return next(
        after + 1
        for after in range(number + 1, len(tokens))
        if tokens[after].level == level and tokens[after].nesting < 0
    )


def _shorten_code(text: str, fence: str) -> str:
    if len(text) <= MOST_CODE:
        return text
    end = text.rfind("\n", 0, MOST_CODE)
    kept = text[: end if end > 0 else MOST_CODE]
    return f"{kept}\n{text[: len(text) - len(text.lstrip())]}{fence}" if fence else kept


def _split_lines(start: int, lines: Sequence[str]) -> Iterator[_Piece]:
    """Split a paragraph or a table, whose rows stay whole, and whose header is repeated."""
    is_table = "|" in lines[0] and len(lines) > 2 and "-" in lines[1] and not lines[1].strip(_DELIMITERS)
    header = "\n".join(lines[:2]) if is_table else ""
    if len(header) > _MOST_IN_A_HEADER:
        header = ""
    for number, line in enumerate(lines):
        is_row = is_table and len(line) <= MOST_CODE
        for part in [line] if is_row else _split_line(line):
            yield _Piece(start + number, start + number + 1, part, header if number > 1 else "")


def _split_line(line: str) -> Iterator[str]:
    """Split a long line after a sentence, or at least after a word."""
    most = MOST_WORDS * _CHARACTERS_A_WORD // 2
    while len(line) > most:
        ends = [found.end() for found in _SENTENCE_END.finditer(line, most // 2, most)]
        sentences = [end for end in ends if not line[end - 2].isalnum()]
        cut = (sentences or ends or [most])[-1]
        yield line[:cut].rstrip()
        line = line[cut:].lstrip()
    yield line


def _make_sections(heading: _Heading, pieces: Iterator[_Piece]) -> Iterator[_Section]:
    """Put what is below a heading together again, in as few parts of equal length as may be."""
    counted = [(piece, _count_words(piece.text)) for piece in pieces if piece.text.strip()]
    total = sum(words for _, words in counted)
    goal = total / max(1, ceil(total / MOST_WORDS))
    part: list[_Piece] = []
    size = 0
    for piece, words in counted:
        if part and (size + words > MOST_WORDS or size >= goal):
            yield _Section(heading, heading.path, _join_pieces(part))
            part, size = [], 0
        part.append(piece)
        size += words
    if part:
        yield _Section(heading, heading.path, _join_pieces(part))


def _join_pieces(pieces: Sequence[_Piece]) -> str:
    texts = [f"{pieces[0].header}\n" if pieces[0].header else "", pieces[0].text]
    for before, piece in pairwise(pieces):
        gap = " " if piece.start < before.end else "\n" if piece.start == before.end else "\n\n"
        texts += [gap, piece.text]
    return "".join(texts).strip("\n")


def _join_short(sections: Iterable[_Section]) -> Iterator[_Section]:
    """Join short sections with those after them: their headings are then part of the text."""
    waiting: _Section | None = None
    for section in sections:
        if waiting is not None and _may_join(waiting, section):
            waiting = _join(waiting, section)
            continue
        if waiting is not None:
            yield waiting
        waiting = section
    if waiting is not None:
        yield waiting


def _may_join(section: _Section, later: _Section) -> bool:
    above = section.heading.path[:-1]
    return (
        len(later.headings) > len(above)
        and later.headings[: len(above)] == above
        and _count_words(section.text) < FEWEST_WORDS
        and _count_words(later.text) < FEWEST_WORDS
    )


def _join(section: _Section, later: _Section) -> _Section:
    added = f"{section.text}\n\n{later.heading.mark}\n\n{later.text}"
    if later.headings[: len(section.headings)] == section.headings:
        return replace(section, text=added)  # below it, or below what is joined already
    heading = section.heading
    return _Section(heading, heading.path[:-1], f"{heading.mark}\n\n{added}")


def _count_words(text: str) -> int:
    """Count the words of a text; what has few spaces counts by its length."""
    return max(len(text.split()), len(text) // _CHARACTERS_A_WORD)
