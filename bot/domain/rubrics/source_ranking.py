"""Finding the sources of a pack that are about one of its checks, by the words that they share."""

import math
import re
from collections import Counter

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Check, Library, Pack, Source

MOST_SOURCES = 2
# A source below this shares only everyday words with a check, going by the matches of the shipped packs.
_LEAST_SCORE = 1.7
_WORD = re.compile(r"[a-z]{4,}")
_ENDINGS = ("ings", "ing", "ions", "ion", "als", "al", "ed", "es", "s", "e")
_LEAST_OF_A_STEM = 4
# Words that are rare here by chance and say nothing.
_EMPTY = frozenset(("from", "left", "them", "then", "they"))


def choose_sources(library: Library, check: Check, pack: Pack) -> tuple[Source, ...]:
    """Return the sources of a check's pack that are most relevant to it, best first, or none.

    A shared word counts for more if few checks and sources have it, and twice if it is in the check's id.
    """
    weights = _weigh_words(library)
    named = _stems(check.id.rpartition(".")[2])
    wanted = _check_stems(check) - _stems(f"{pack.id} {pack.title}")  # the vendor's name is in every source

    def score(source: Source) -> float:
        shared = wanted & _source_stems(source)
        return sum(weights[word] * (2 if word in named else 1) for word in shared)

    close = [source for source in pack.sources if score(source) >= _LEAST_SCORE]
    return tuple(sorted(close, key=lambda source: -score(source))[:MOST_SOURCES])


def _weigh_words(library: Library) -> dict[str, float]:
    """Return the weight of each word: 1 if a single check or source has it, 0 if all have it."""
    texts = [_source_stems(source) for pack in library.packs for source in pack.sources]
    criteria = with_packs(library.rubric, library.packs).criteria
    texts += [_check_stems(check) for criterion in criteria for check in criterion.checks]
    numbers = Counter(word for text in texts for word in text)
    most = math.log(len(texts)) or 1.0
    return {word: math.log(len(texts) / number) / most for word, number in numbers.items()}


def _check_stems(check: Check) -> set[str]:
    return _stems(f"{check.ask} {check.probe} {check.id.rpartition('.')[2]}")


def _source_stems(source: Source) -> set[str]:
    return _stems(f"{source.title} {source.settles}")


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())} - _EMPTY


def _stem(word: str) -> str:
    """Return a word without its ending, so that "caching", "cached" and "cache" are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_OF_A_STEM:
            return word.removesuffix(ending)
    return word
