"""Finding the command in a pull request comment, even if quoted, wrapped or misspelt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise, takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.pull_requests.comment_command_rules import MOST_OF_A_NAME, RULES, ParsedCommand, Verb
from bot.domain.pull_requests.email_replies import may_be_quote_heading, own_lines

_PREFIX = "/sensei"
# Blanks, but no line ends: a pattern across line ends would take quadratic time.
_MAY_BE = re.compile(r"^[^\S\n]*/sen", re.IGNORECASE | re.MULTILINE)
_MISSPELT = re.compile(r"/([a-z]{4,9})\s+([a-z]+)[.!]?\s*", re.IGNORECASE)
_QUESTION = re.compile(r"q(\d{1,9})(?![\w.-])[.,:;]?[^\S\n]*", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_AFTER_WORD = ".,:;!?"
MOST_LINES = 500
"""Maximum lines in which a command is looked for. Anyone can write comments that would take seconds."""
MOST_BARS = 50
"""Maximum vertical bars in these lines: each row of a table takes as long as its widest row."""
# Words that people may try, and the commands that Sensei suggests for them without carrying them out.
_MEANT_BY = {
    **dict.fromkeys(("mute", "silence", "stop", "ignore", "pause"), Verb.QUIET),
    **dict.fromkeys(("unmute", "unquiet", "resume", "public", "talk", "loud"), Verb.SPEAK),
    **dict.fromkeys(("later", "postpone", "skip"), Verb.DEFER),
    **dict.fromkeys(("disagree", "object", "appeal", "wrong"), Verb.DISPUTE),
    **dict.fromkeys(("reply",), Verb.ANSWER),
    **dict.fromkeys(("confirm", "accept", "save"), Verb.RECORD),
    **dict.fromkeys(("why", "what", "describe"), Verb.EXPLAIN),
    **dict.fromkeys(("read", "rerun", "check"), Verb.REVIEW),
    **dict.fromkeys(("approve", "ask"), Verb.KEEP),
    **dict.fromkeys(("uphold", "valid"), Verb.STANDS),
}
_ABOUT_QUESTIONS = frozenset({Verb.EXPLAIN, *(verb for verb, rule in RULES.items() if rule.question)})
_markdown = MarkdownIt("commonmark").enable("table")
_markdown.core.ruler.enableOnly(["normalize", "block"])  # parses blocks only, not inline markup


def parse_comment(body: str) -> ParsedCommand | None:
    """Return the command of a comment, or None if its first line is not a command."""
    if not _MAY_BE.search(_normalise_line_ends(body)):
        return None
    all_lines = _normalise_line_ends(body).split("\n")
    source = own_lines(all_lines)
    lines, first, end = _first_paragraph(source) or ([""], 0, 0)
    if may_be_quote_heading(all_lines[first:]):
        return None
    if lines[0].lower().startswith(_PREFIX):
        parsed = _parse_line(lines[0], "\n".join([*lines[1:], *source[end:]]))
        return parsed and replace(parsed, apart=_is_apart(parsed, all_lines, first))
    match = _MISSPELT.fullmatch(lines[0])
    if not match or match[2].lower() not in set(Verb):
        return None
    nearest = get_close_matches(match[1].lower(), [_PREFIX[1:]], cutoff=0.75)
    return ParsedCommand(None, meant=Verb(match[2].lower())) if nearest else None


def gives_command(body: str) -> bool:
    """Return whether a comment contains a command, on its first line or further down."""
    return parse_comment(body) is not None or command_further_down(body) is not None


def command_further_down(body: str) -> ParsedCommand | None:
    """Return a command that the author wrote on a later line of a comment, as a suggestion.

    It is for comments in which ``parse_comment`` finds no command. ``link`` is never suggested, since the
    code may be a stranger's.
    """
    if not _MAY_BE.search(_normalise_line_ends(body)):
        return None
    source = own_lines(_normalise_line_ends(body).split("\n"), past_quotes=True)
    parsed_lines = (
        _parse_line(line, "") for line in _list_own_lines(source) if line.lower().startswith(_PREFIX)
    )
    first = next((parsed for parsed in parsed_lines if parsed and parsed.verb), None)
    return None if first is None or first.verb is Verb.LINK else ParsedCommand(None, meant=first.verb)


def _is_apart(parsed: ParsedCommand, all_lines: Sequence[str], first: int) -> bool:
    """Return whether a command's line stands alone, and isn't part of a wrapped line or a quotation."""
    if parsed.verb is Verb.LINK:
        return len("\n".join(all_lines).strip(" \t\n").split("\n")) == 1
    # Two dashes start a signature. A line of only wide blanks comes from a wrapped line.
    return not all_lines[first + 1 : first + 2] or all_lines[first + 1].strip(" \t") in {"", "--"}


def _normalise_line_ends(body: str) -> str:
    return body.replace("\r\n", "\n").replace("\r", "\n")


def _first_paragraph(source: Sequence[str]) -> tuple[list[str], int, int] | None:
    """Return a comment's first paragraph: its lines, the number of the first, and the number after the last.

    Only quotes may precede the paragraph, and the last quote must end in a blank line. Otherwise, return
    None.
    """
    quoted = 0
    for opened, inline in pairwise(_parse_blocks(source)):
        if opened.level or opened.nesting < 0 or opened.map is None:
            continue
        if opened.type == "blockquote_open":
            quoted = opened.map[1]
            continue
        first, end = opened.map
        # A line that is not displayed, such as a link definition, does not count as blank.
        blank = not any(line.strip() for line in [*source[quoted:first], *source[max(first - 1, 0) : first]])
        return (_list_lines(inline), first, end) if blank and _is_paragraph(opened) else None
    return None


def _list_own_lines(source: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a comment's paragraphs, without quotes, lists, tables, code and HTML."""
    for opened, inline in pairwise(_parse_blocks(source)):
        if not opened.level and _is_paragraph(opened):
            yield from _list_lines(inline)


def _parse_blocks(source: Sequence[str]) -> Sequence[Token]:
    lines = takewhile(lambda line: line.count("|") <= MOST_BARS, source[:MOST_LINES])
    return _markdown.parse("\n".join(lines))


def _is_paragraph(opened: Token) -> bool:
    # The dashes of a signature turn the lines above them into a heading.
    return opened.type == "paragraph_open" or (opened.type == "heading_open" and opened.markup in "=-")


def _list_lines(inline: Token) -> list[str]:
    return [line.strip() for line in _COMMENT.sub("", inline.content).split("\n")]


def _parse_line(line: str, below: str) -> ParsedCommand | None:
    rest = line[len(_PREFIX) :]
    bare = rest.lstrip(_AFTER_WORD)
    glued = bool(bare) and not bare[0].isspace()
    words = (rest.lstrip("-_/:") if glued else bare).split(None, 1)
    word = words[0].rstrip(_AFTER_WORD).lower() if words else ""
    if glued:
        # "/senseireview" is a misspelt command; "/sensei.md" and "/senseis" are ordinary words.
        return ParsedCommand(None, meant=Verb(word)) if word in set(Verb) else None
    argument = words[1].strip() if len(words) > 1 else ""
    if not word:
        return ParsedCommand(Verb.HELP)
    if word not in set(Verb):
        return ParsedCommand(None, meant=_find_nearest(word))
    question = _QUESTION.match(argument) if Verb(word) in _ABOUT_QUESTIONS else None
    argument = argument[question.end() :] if question else argument
    number = int(question[1]) if question else None
    return ParsedCommand(Verb(word), argument, f"{argument}\n{below}".strip(), question=number)


def _find_nearest(word: str) -> Verb | None:
    if word in _MEANT_BY:
        return _MEANT_BY[word]
    known = [verb for verb in Verb if verb in RULES]
    nearest = get_close_matches(word[:MOST_OF_A_NAME], known, n=1)
    return Verb(nearest[0]) if nearest else None
