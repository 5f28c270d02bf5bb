"""The place in a source that a sentence of an answer rests on, and what it may say because of it.

The words of a sentence are its source's, joined by ordinary ones. Most of them are those of the sentences in
which its quote stands; its numbers and names all are, so that words from all over a page can't be put
together to say what nobody wrote. What the quote denies, the sentence denies too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.known_words import NEGATION, KnownWords, find_tokens, root
from bot.domain.guardrails.plain_vocabulary import ANYWHERE, IN_QUESTIONS, NUMERALS

# What a sentence may say about its source besides the source's own words.
_ABOUT_SOURCES = frozenset(
    """
    according chapter docs document documentation documents documented file guide handbook line lines manual
    passage rubric section sections source sources table heading example examples field setting option options
    parameter decision record capstone participant participants dojo
    allows allow allowed applies apply accepts accept appears asks begins contains contain controls control
    covers cover creates create decides defines define defined depends ends exists expects explains finds
    follows gets gives handles has holds includes include including increases keeps lists lets limits lives
    makes must needs need passes points produces puts reads receives refers refuses requires require required
    returns return returned runs sends send sent sets shows shown throws raises learns leave leaves
    starts states stays stops stores stored supports support supported takes tells treats turns uses use used
    values value waits wants works
    also already always automatically directly exactly first generally however least less longer many maximum
    minimum more most much normally often once only optional otherwise per separate separately several single
    soon still together usually whole within without every each later next
    available different possible whether instead rather such long short same new old
    kind kinds number numbers list place places amount part parts result results type types name names order
    size length limit limits rule rules stake concern concerns question reason reasons differ differs
    difference differences distinguishes second third three adds calls comes decides depends
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
PLAIN = ANYWHERE | _ABOUT_SOURCES
_MOST_ORDINARY = 3  # other ordinary words that a sentence may add to its source's

# It says where something stands, and not what.
_POINTS = re.compile(
    r"(?:the|your) (?:page|guide|handbook|rubric|document|design document|passage|section|source)s?"
    r"(?: (?:on|about) [\w -]{1,40})? (?:also )?(?:says?|describes?|explains?|names?|lists?|tells?|asks?"
    r"|covers?)"
    r"(?: for (?:each|both|all)(?: of them)?)? (?:what|where|which|when|how|who|why|whether)\b"
)
_SPAN = re.compile(r"`[^`\n]*`")
_SUFFIX = re.compile(r"'(?:s|re|ve|ll|d)$")
_SPEAKS_OF = re.compile(r"\b(?:it|its|they|them|their|this|these|that|those|such|both|either|here|there)\b")
_WORDS = re.compile(r"`[^`\n]+`|[\w'’.-]+|[^\w\s]")
_LEAST_RUN = 3  # words that stand together in a source, to count as its own
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
# After "not": no word that could be the one that is denied.
_NOT_DENIED = frozenset(
    {
        "a",
        "all",
        "an",
        "any",
        "as",
        "at",
        "be",
        "been",
        "by",
        "every",
        "for",
        "in",
        "just",
        "of",
        "on",
        "only",
    }
    | {"the", "to", "yet"}
)


@dataclass(frozen=True)
class CitedText:
    """What a sentence is held to: the words of its passage, most of all those around its quote.

    ``around`` is the quote's own sentences with the one before and the one after; ``place`` the title and
    the headings; ``link`` its address or "".
    """

    quote: str
    own: str
    around: str
    place: str
    passage: str
    link: str = ""

    @cached_property
    def known(self) -> KnownWords:
        """The words that the sentence may use."""
        return KnownWords("", (), (f"{self.place}\n{self.passage}",), ())

    @property
    def subject(self) -> str:
        """Where its numbers and names must be: "it" and "this" speak of the sentence before."""
        before = self.around[: max(0, self.around.find(self.own))]
        return "\n".join((self.place, before if _SPEAKS_OF.search(fold(self.own)) else "", self.own))

    @cached_property
    def denied_roots(self) -> frozenset[str]:
        """The roots of the words that the quote's own sentences deny: "repeated" in "isn't repeated"."""
        tokens = find_tokens(fold(self.own))
        return frozenset(
            root(tokens[at + 1])
            for at, token in enumerate(tokens[:-1])
            if NEGATION.fullmatch(token) or token.endswith("n't")
            if tokens[at + 1] not in _NOT_DENIED
        )

    @cached_property
    def in_quote(self) -> KnownWords:
        """The words of the quote's own sentences, and of the place."""
        return KnownWords("", (), (f"{self.place}\n{self.own}",), ())


def cite(text: str, start: int, end: int, place: str, link: str) -> CitedText:
    """Return what a sentence with the quote ``text[start:end]`` is held to."""
    bounds = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    spans = [(one, two) for one, two in pairwise(bounds) if one < two]
    inside = [at for at, (one, two) in enumerate(spans) if one < end and two > start]
    first, last = (inside[0], inside[-1]) if inside else (0, len(spans) - 1)
    own = text[spans[first][0] : spans[last][1]]
    near = text[spans[max(0, first - 1)][0] : spans[min(len(spans) - 1, last + 1)][1]]
    return CitedText(text[start:end], own, near, place, text, link)


def says_more(text: str, cited: CitedText) -> bool:
    """Say whether a sentence says more than its source: other words, numbers or names, or no denial."""
    tokens = [_SUFFIX.sub("", token) for token in find_tokens(fold(_SPAN.sub(" ", text)))]
    if _denies_otherwise(text, tokens, cited):
        return True
    if _stands(_WORDS.findall(text.rstrip(".;")), _spaced(fold(cited.around))):
        return False
    return not _is_about_the_same(text, tokens, cited) or _adds_words(text, tokens, cited)


def without_source_words(text: str, source: str) -> str:
    """Return a text with "these" for each run of words that the folded source has too."""
    words = _WORDS.findall(text)
    spaced = _spaced(source)
    kept: list[str] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and _stands(words[at : end + 1], spaced):
            end += 1
        if end - at >= _LEAST_RUN:
            kept.append("these")
            at = end
        else:
            kept.append(words[at])
            at += 1
    return re.sub(r" (?=[.,;:)])", "", " ".join(kept))


def _stands(words: Sequence[str], spaced: str) -> bool:
    return f" {_spaced(fold(' '.join(words)))} " in f" {spaced} "


def _spaced(folded: str) -> str:
    return " ".join(re.sub(r"\s*([^\w\s'])\s*", r" \1 ", folded.replace("`", "")).split())


def _adds_words(text: str, tokens: Sequence[str], cited: CitedText) -> bool:
    content = [token for token in tokens if token not in PLAIN]
    new = [token for token in content if not cited.known.source_has(token)]
    if len(new) > _MOST_ORDINARY or not all(token in IN_QUESTIONS for token in new):
        return True
    spans = len(_SPAN.findall(text))
    total, close = len(content) + spans, sum(map(cited.in_quote.source_has, content)) + spans
    if _POINTS.match(fold(text)):
        return close < 1
    return not total or close < min(2, total) or close * 2 < total or len(new) * 3 > total + 2


def _denies_otherwise(text: str, tokens: Sequence[str], cited: CitedText) -> bool:
    if _denies(text):
        return not _denies(cited.around)
    return _denies(cited.quote) or not cited.denied_roots.isdisjoint(map(root, tokens))


def _is_about_the_same(text: str, tokens: Sequence[str], cited: CitedText) -> bool:
    """Say whether its numbers, code and names are those of the quote's own sentences.

    Words of two sentences could be put together to say what neither says.
    """
    subject = fold(cited.subject)
    known = KnownWords("", (), (subject,), ())
    numbers = [token for token in tokens if token[0].isdigit() or int(NUMERALS.get(token, "0")) > 3]
    names = re.findall(r"(?<![.!?:] )(?<!^)\b[A-Z][\w-]+", _SPAN.sub(" ", text))
    spans = [fold(span.strip("`")) for span in _SPAN.findall(text)]
    return all(map(known.source_has, numbers)) and all(
        name in subject for name in [*spans, *map(fold, names)] if name not in PLAIN
    )


def _denies(text: str) -> bool:
    return bool(NEGATION.search(fold(text).replace("not only", " ")))
