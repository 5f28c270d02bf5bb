"""What a model answered to an enquiry: parsed leniently, with each quote located in its passage.

Any JSON gives a valid result. One bad item never loses the others. A claim whose quote isn't in the passage
is dropped.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.enquiries.records import Kind
from bot.domain.enquiries.shown_passages import ShownPassage
from bot.domain.guardrails.cited_text import CitedText, cite
from bot.domain.review.context.display import escape_for_display
from bot.domain.review.lenient_values import (
    RejectedItemError,
    as_line,
    as_list,
    as_mapping,
    as_number,
    as_text,
)

LEAST_QUOTE, MOST_QUOTE = 12, 400
"""Minimum and maximum characters of a quote."""
MOST_CLAIMS = 8
"""Maximum claims that are looked at; fewer are shown."""

_SINGLE, _DOUBLE = re.compile(r"['’‘]"), re.compile(r"[\"“”„]")
# With an underscore, a slash before it or two dashes: "num_ctx", "/v1", "--api-key".
_CODE_NAME = re.compile(
    r"(?<![\w`/.-])(?:(?:--?)?[A-Za-z]\w*_\w*\w|(?:/[a-z0-9_-]+)+"
    r"|--[a-z][\w-]+)(?![\w`])"
)
_MARK = re.compile(r"\s*\[\d{1,2}\](?=\W*$)")


@dataclass(frozen=True, slots=True)
class DraftedClaim:
    """A sentence that a model wrote, and the place in a passage that it rests on."""

    text: str
    passage: ShownPassage
    cited: CitedText


@dataclass(frozen=True, slots=True)
class DraftedAnswer:
    """A model's answer. ``tried`` are the words that it takes for a try.

    ``plainer`` is a question in simpler words, in case the first one may not be asked, or "". ``dropped``
    counts what was unusable, by reason.
    """

    kind: Kind | None
    tried: str
    covered: bool
    claims: tuple[DraftedClaim, ...]
    question: str
    plainer: str
    dropped: Mapping[str, int]


def parse_draft(document: Mapping[str, Any], passages: Sequence[ShownPassage]) -> DraftedAnswer:
    """Parse a model's answer about passages, which it saw numbered from 1."""
    dropped: Counter[str] = Counter()
    claims = tuple(_locate_claims(document.get("claims"), passages, dropped))
    return DraftedAnswer(
        _parse_kind(document.get("kind")),
        _parse_try(document.get("tried")),
        document.get("covered") is True,
        claims,
        as_line(document.get("question")),
        as_line(document.get("plainer")),
        dict(dropped),
    )


def _locate_claims(
    items: Any, passages: Sequence[ShownPassage], dropped: Counter[str]
) -> Iterator[DraftedClaim]:
    known: set[str] = set()
    for item in as_list(items)[:MOST_CLAIMS]:
        try:
            claim = _locate_claim(as_mapping(item), passages)
        except RejectedItemError as rejected:
            dropped[str(rejected)] += 1
            continue
        if claim.text.casefold() in known:
            dropped["said twice"] += 1
            continue
        known.add(claim.text.casefold())
        yield claim


def _locate_claim(item: Mapping[str, Any], passages: Sequence[ShownPassage]) -> DraftedClaim:
    number = as_number(item.get("passage"), len(passages))
    if number is None:
        raise RejectedItemError("unknown passage")
    text = _MARK.sub("", as_line(item.get("text")))
    if not text:
        raise RejectedItemError("no sentence")
    passage = passages[number - 1]
    text = mark_code(text, passage.text)
    start, end = _locate_quote(as_text(item.get("quote")), passage.text)
    place = "\n".join((passage.title, *passage.headings))
    return DraftedClaim(text, passage, cite(passage.text, start, end, place, passage.link))


def mark_code(text: str, source: str) -> str:
    """Return a sentence with backticks around the names of code that its source has."""
    parts = re.split(r"(`[^`]*`)", text)
    for at in range(0, len(parts), 2):
        parts[at] = _CODE_NAME.sub(
            lambda found: f"`{found[0]}`" if found[0] in source else found[0], parts[at]
        )
    return "".join(parts)


def _locate_quote(quote: str, text: str) -> tuple[int, int]:
    """Return a quote's span in a passage, whatever its white space and the shape of quotation marks."""
    words = escape_for_display(quote).split()
    if not words or len(quote) > MOST_QUOTE * 2:  # a few characters too many do no harm
        raise RejectedItemError("quote too long" if words else "no quote")
    found = re.search(r"(?<!\w)" + r"\s+".join(map(_as_pattern, words)) + r"(?!\w)", text)
    if found is None:
        raise RejectedItemError("quote not found")
    if found.end() - found.start() < min(LEAST_QUOTE, len(text.strip())):
        raise RejectedItemError("quote too short")
    return found.span()


def _as_pattern(word: str) -> str:
    return _DOUBLE.sub('["“”„]', _SINGLE.sub("['’‘]", re.escape(word)))


def _parse_kind(value: Any) -> Kind | None:
    kind = as_line(value)
    return Kind(kind) if kind in set(Kind) else None


def _parse_try(value: Any) -> str:
    try:
        return as_line(as_mapping(value).get("quote"))
    except RejectedItemError:
        return ""
