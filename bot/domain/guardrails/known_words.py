"""The words that a conversation has already: the person's, the code's, the sources', and Sensei's own.

Everything else that Sensei says must be ordinary words (``plain_vocabulary``).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.language_detection import stem
from bot.domain.guardrails.plain_vocabulary import NUMERALS
from bot.domain.guardrails.requested_answers import split_words

# More than anyone says or is shown. What follows is not known, so a draft that relies on it is refused.
MOST_CHARACTERS = 40_000
NEGATION = re.compile(r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without)\b|n't\b")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*")
# Sources are often American, and Sensei writes British English: "optimizes" is "optimises".
_AMERICAN_IZE = re.compile(r"(?<=\w\w)iz(?=e|i|ation)")
_BRITISH_OUR = re.compile(r"(?<=\w\w\w)our(?=s|ed|ing|al|\b)")
_QUOTE = re.compile(
    r"[\"“«»]([^\"”«»]{1,400})[\"”»«]|(?<!\w)['‘]([^'’]{2,200}(?:['’]\w[^'’]{1,200})?)['’](?!\w)"
)


def find_tokens(folded: str) -> list[str]:
    """Return the words and numbers of a folded text. A number has no thousands separators."""
    return [found.replace(",", "") if found[0].isdigit() else found for found in _TOKEN.findall(folded)]


def find_quotes(text: str) -> list[str]:
    """Return what stands in quotation marks in a text."""
    return [double or single for double, single in _QUOTE.findall(text)]


def root(word: str) -> str:
    """Return what the forms of a word or a number have in common."""
    plain = NUMERALS.get(word, word.removesuffix("'s"))
    found = stem(_AMERICAN_IZE.sub("is", _BRITISH_OUR.sub("or", plain)))
    return found[:-1] if len(found) > 3 and found[-1] == found[-2] else found


def _roots(text: str) -> frozenset[str]:
    return frozenset(map(root, find_tokens(text)))


def _cut(texts: Sequence[str]) -> str:
    """Join as many of the last texts as can be folded and searched in a few milliseconds."""
    kept: list[str] = []
    left = MOST_CHARACTERS
    for text in reversed(texts):
        kept.append(text[:left])
        left -= len(kept[-1])
        if left <= 0:
            break
    return "\n".join(reversed(kept))


@dataclass(frozen=True)
class KnownWords:
    """What a draft may repeat. ``own`` are the person's messages, ``said`` is what Sensei said before."""

    code: str
    own: Sequence[str]
    sources: Sequence[str]
    said: Sequence[str]

    @cached_property
    def told(self) -> str:
        """What the person told of the decision, folded."""
        return self._split[0]

    @cached_property
    def asked(self) -> bool:
        """Whether the person's last message asks Sensei for an answer, or tells it what to say."""
        return bool(self.own) and bool(split_words([_cut(self.own[-1:])])[1])

    @cached_property
    def everything(self) -> str:
        """All texts, folded, to look up quotes in."""
        return "\n".join((self.told, fold(_cut([self.code])), self._sources))

    @cached_property
    def spoken(self) -> str:
        """What the person told, the sources and Sensei's earlier words, as far as they count."""
        return "\n".join((self.told, self._sources, fold(_cut(self.said))))

    @cached_property
    def told_roots(self) -> frozenset[str]:
        """The roots of the words that the person told."""
        return _roots(self.told)

    @cached_property
    def source_roots(self) -> frozenset[str]:
        """The roots of the words in the sources."""
        return _roots(self._sources)

    def covers(self, words: Iterable[str], *, denied: bool) -> bool:
        """Say whether one passage has all these words. ``denied``: and says that something is not so.

        A passage is two sentences in a row of the person's, with the code and what Sensei said about it.
        Words from all over could be put together to say what nobody said.
        """
        roots = {*map(root, words)} - self._shown_roots
        return any(roots <= has and (denies or not denied) for has, denies in self._passages)

    def knows(self, word: str) -> bool:
        """Say whether somebody or something but Sensei's draft has a word or a number."""
        return root(word) in self._roots

    def told_has(self, word: str, *, exactly: bool = False) -> bool:
        """Say whether the person told a word or a number."""
        return word in self._told_words if exactly else root(word) in self.told_roots

    def source_has(self, word: str) -> bool:
        """Say whether a source has a word or a number."""
        return root(word) in self.source_roots

    def holds(self, quote: str) -> bool:
        """Say whether words stand like this in what the person told, in the code or in a source."""
        return fold(quote).rstrip(".,;:!?") in self.everything

    @cached_property
    def _passages(self) -> Sequence[tuple[frozenset[str], bool]]:
        sentences = [(_roots(one), bool(NEGATION.search(one))) for one in self.told.split("\n")]
        pairs = zip(sentences, [*sentences[1:], (frozenset[str](), False)], strict=True)
        return [(first[0] | second[0], first[1] or second[1]) for first, second in pairs]

    @cached_property
    def _shown_roots(self) -> frozenset[str]:
        return _roots(fold(_cut([self.code]))) | _roots(fold(_cut(self.said)))

    @cached_property
    def _told_words(self) -> frozenset[str]:
        return frozenset(find_tokens(self.told))

    @cached_property
    def _split(self) -> tuple[str, str]:
        return split_words([_cut(self.own)])

    @cached_property
    def _sources(self) -> str:
        return fold(_cut(self.sources))

    @cached_property
    def _roots(self) -> frozenset[str]:
        return self.told_roots | self.source_roots | self._shown_roots
