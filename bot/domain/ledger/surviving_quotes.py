r"""Whether quotes still stand somewhere in a tree, whatever file they are in now.

Matched by content, with white space left out, so that a squash merge, a move and a formatter keep a
citation. A quote is found as whole words only: ``timeout=3`` does not stand in ``timeout=30``.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from bot.domain.ledger.evidence import squeezed
from bot.domain.review.citations import MOST_CHARACTERS
from bot.domain.review.report import Citation
from bot.domain.text.storable_text import make_storable

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")


class SurvivingQuotes:
    """Looks for quotes in texts, one text at a time; none is kept."""

    def __init__(self, citations: Iterable[Citation]) -> None:
        self._missing = {_key(each): _Quote(each) for each in citations}
        self._asked = frozenset(self._missing)

    def look(self, text: str) -> None:
        """Look through one file's text."""
        if not self._missing:
            return
        text = make_storable(text)  # as a quote is that was kept
        bare = squeezed(text)
        found = [key for key, quote in self._missing.items() if quote.stands_in(text, bare)]
        for key in found:
            del self._missing[key]

    def missing(self) -> Iterator[Citation]:
        """Yield a citation of each quote that was not found so far."""
        return (quote.citation for quote in self._missing.values())

    def found(self, citations: Iterable[Citation]) -> None:
        """Note quotes of ``missing`` that somebody else has found."""
        for each in citations:
            self._missing.pop(_key(each), None)

    def stands(self, citation: Citation) -> bool:
        """Say whether a text that was looked through holds the quote.

        Raises:
            KeyError: it was not asked for at the beginning.
        """
        key = _key(citation)
        if key not in self._asked:
            raise KeyError(key)
        return key not in self._missing


def _key(citation: Citation) -> tuple[str, bool]:
    return citation.quote, citation.redacted


class _Quote:
    """One quote, ready to be looked for."""

    def __init__(self, citation: Citation) -> None:
        self.citation = citation
        quote = make_storable(citation.quote)
        parts = _MARK.split(quote) if citation.redacted else [quote]
        self._parts = [part for part in map(squeezed, parts) if part]
        self._redacted = citation.redacted
        self._cut = len(citation.quote) >= MOST_CHARACTERS

    def stands_in(self, text: str, bare: str) -> bool:
        """Say whether a text, given with and without its white space, holds the quote.

        Of a redacted one: its parts in their order, whatever is between, as a secret may have been changed.
        """
        at = 0
        for part in self._parts:
            found = bare.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return bool(self._parts) and (self._redacted or self._as_words.search(text) is not None)

    @cached_property
    def _as_words(self) -> re.Pattern[str]:
        characters = "".join(self._parts)
        before = r"(?<!\w)" if _is_word(characters[0]) else ""
        after = r"(?!\w)" if _is_word(characters[-1]) and not self._cut else ""
        return re.compile(before + r"\s*".join(map(re.escape, characters)) + after)


def _is_word(character: str) -> bool:
    return re.fullmatch(r"\w", character) is not None
