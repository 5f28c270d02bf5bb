"""Which anti-patterns a signal sees, in which language, and why the others are not seen."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.domain.rubrics.rubric import AntiPattern, Pack, Rubric

FILES = "files"
"""The column of rules that know a file by its name."""

_ANY = "any"


class AntiPatternCoverage(NamedTuple):
    """One anti-pattern, and by what it is seen.

    ``seen`` are languages, and ``files``; ``unseen`` the languages where none can see it, with the reason;
    ``open`` those that nobody has spoken of.
    """

    anti_pattern: AntiPattern
    seen: frozenset[str]
    unseen: dict[str, str]
    open: tuple[str, ...]


def languages(document: Rubric | Pack) -> tuple[str, ...]:
    """Return what a document's signals aim to see: its languages in order, and files if a rule knows any."""
    files = (FILES,) if any(FILES in sight.seen for sight in list_coverage(document)) else ()
    return (*document.languages, *files)


def list_coverage(document: Rubric | Pack) -> list[AntiPatternCoverage]:
    """Say of each anti-pattern of a rubric or pack where it is seen."""
    criteria = document.criteria.values() if isinstance(document, Pack) else document.criteria
    return [_sight(anti, document.languages) for criterion in criteria for anti in criterion.anti_patterns]


def _sight(anti: AntiPattern, wanted: Iterable[str]) -> AntiPatternCoverage:
    seen = frozenset(_by(anti))
    missing = [language for language in wanted if language not in seen]
    reasons = {language: anti.unseen.get(language) or anti.unseen.get(_ANY) for language in missing}
    return AntiPatternCoverage(
        anti,
        seen,
        {language: reason for language, reason in reasons.items() if reason},
        tuple(language for language, reason in reasons.items() if not reason),
    )


def _by(anti: AntiPattern) -> Iterator[str]:
    for signal in anti.signals:
        yield from (language for language, _ in signal.rules())
        if signal.files:
            yield FILES


def count_coverage(document: Rubric | Pack) -> Counter[str]:
    """Count the anti-patterns that are seen in each language."""
    return Counter(language for sight in list_coverage(document) for language in sight.seen)
