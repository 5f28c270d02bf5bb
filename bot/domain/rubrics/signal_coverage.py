"""List which anti-patterns signals detect, in which languages, and why they cannot detect the others."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.domain.rubrics.rubric import AntiPattern, Pack, Rubric

FILES = "files"
"""The column for rules that recognise a file by its name."""

_ANY = "any"


class AntiPatternCoverage(NamedTuple):
    """One anti-pattern, and where signals detect it.

    ``seen``: the languages, and ``files``. ``unseen``: the languages in which no signal can detect it, with
    the reason. ``open``: the languages with neither a signal nor a reason.
    """

    anti_pattern: AntiPattern
    seen: frozenset[str]
    unseen: dict[str, str]
    open: tuple[str, ...]


def coverage_columns(document: Rubric | Pack) -> tuple[str, ...]:
    """Return a document's languages in order, plus ``FILES`` if a rule recognises a file by its name."""
    files = (FILES,) if any(FILES in coverage.seen for coverage in list_coverage(document)) else ()
    return (*document.languages, *files)


def list_coverage(document: Rubric | Pack) -> list[AntiPatternCoverage]:
    """Return where each anti-pattern of a rubric or pack is detected."""
    criteria = document.criteria.values() if isinstance(document, Pack) else document.criteria
    return [
        _find_coverage(anti, document.languages) for criterion in criteria for anti in criterion.anti_patterns
    ]


def _find_coverage(anti: AntiPattern, wanted: Iterable[str]) -> AntiPatternCoverage:
    seen = frozenset(_list_seen(anti))
    missing = [language for language in wanted if language not in seen]
    reasons = {language: anti.unseen.get(language) or anti.unseen.get(_ANY) for language in missing}
    return AntiPatternCoverage(
        anti,
        seen,
        {language: reason for language, reason in reasons.items() if reason},
        tuple(language for language, reason in reasons.items() if not reason),
    )


def _list_seen(anti: AntiPattern) -> Iterator[str]:
    for signal in anti.signals:
        yield from (language for language, _ in signal.rules())
        if signal.files:
            yield FILES


def count_coverage(document: Rubric | Pack) -> Counter[str]:
    """Count the anti-patterns detected in each language."""
    return Counter(language for coverage in list_coverage(document) for language in coverage.seen)
