r"""Find out which quotes still occur in a tree, in any file.

Quotes are matched by content without white space, so that a citation survives a squash merge, a move and a
formatter. Only whole words match: ``timeout=3`` is not found in ``timeout=30``.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from bot.domain.ledger.evidence import without_white_space
from bot.domain.review.citations import MOST_CHARACTERS
from bot.domain.review.report import Citation
from bot.domain.text.storable_text import make_storable

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")


class SurvivingQuotes:
    """Searches texts for quotes, one text at a time, without storing any text."""

    def __init__(self, citations: Iterable[Citation]) -> None:
        self._missing = {_make_key(citation): _Quote(citation) for citation in citations}
        self._asked = frozenset(self._missing)

    def search(self, text: str) -> None:
        """Search one file's text."""
        if not self._missing:
            return
        text = make_storable(text)  # like stored quotes
        bare = without_white_space(text)
        found = [key for key, quote in self._missing.items() if quote.is_in(text, bare)]
        for key in found:
            del self._missing[key]

    def missing(self) -> Iterator[Citation]:
        """Yield a citation for each quote that has not been found yet."""
        return (quote.citation for quote in self._missing.values())

    def mark_found(self, citations: Iterable[Citation]) -> None:
        """Record that another search has found some quotes of ``missing``."""
        for citation in citations:
            self._missing.pop(_make_key(citation), None)

    def survives(self, citation: Citation) -> bool:
        """Return whether a searched text contains the quote.

        Raises:
            KeyError: the citation was not among those to search for.
        """
        key = _make_key(citation)
        if key not in self._asked:
            raise KeyError(key)
        return key not in self._missing


def _make_key(citation: Citation) -> tuple[str, bool]:
    return citation.quote, citation.redacted


class _Quote:
    """A quote, prepared for searching."""

    def __init__(self, citation: Citation) -> None:
        self.citation = citation
        quote = make_storable(citation.quote)
        parts = _MARK.split(quote) if citation.redacted else [quote]
        self._parts = [part for part in map(without_white_space, parts) if part]
        self._redacted = citation.redacted
        self._cut = len(citation.quote) >= MOST_CHARACTERS

    def is_in(self, text: str, bare: str) -> bool:
        """Return whether a text, given with and without its white space, contains the quote.

        The parts of a redacted quote must appear in order. Any text may be between them, because the secret
        may have changed.
        """
        position = 0
        for part in self._parts:
            found = bare.find(part, position)
            if found < 0:
                return False
            position = found + len(part)
        return bool(self._parts) and (self._redacted or self._word_pattern.search(text) is not None)

    @cached_property
    def _word_pattern(self) -> re.Pattern[str]:
        characters = "".join(self._parts)
        before = r"(?<!\w)" if _is_word(characters[0]) else ""
        after = r"(?!\w)" if _is_word(characters[-1]) and not self._cut else ""
        return re.compile(before + r"\s*".join(map(re.escape, characters)) + after)


def _is_word(character: str) -> bool:
    return re.fullmatch(r"\w", character) is not None
