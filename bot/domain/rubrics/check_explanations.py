"""Explain a check, given its name: what it asks, why, and what to read about it."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Check, Criterion, Library, Source

_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class CheckExplanation:
    """A check with its criterion. ``origin`` is its rubric or pack; ``sources`` lists what to read."""

    check: Check
    criterion: Criterion
    origin: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NearestChecks:
    """The check names most similar to an unknown name. ``asked`` is False if no name was given."""

    asked: bool
    checks: tuple[str, ...]


def explain_check(library: Library, name: str) -> CheckExplanation | NearestChecks:
    """Find a check by its name. For a criterion's name, return that criterion's checks as suggestions."""
    criteria = with_packs(library.rubric, library.packs).criteria
    known = {check.id.lower(): (criterion, check) for criterion in criteria for check in criterion.checks}
    if name.lower() in known:
        criterion, check = known[name.lower()]
        return CheckExplanation(check, criterion, *_find_origin(library, criterion, check))
    if not name:
        return NearestChecks(False, tuple(check.id for _, check in list(known.values())[:1]))
    own = [check.id for criterion in criteria if criterion.id == name.lower() for check in criterion.checks]
    near = own or [
        known[match][1].id for match in get_close_matches(name.lower(), known, n=_MOST_NEAR, cutoff=0.4)
    ]
    return NearestChecks(True, tuple(near[:_MOST_NEAR]))


def _find_origin(library: Library, criterion: Criterion, check: Check) -> tuple[str, tuple[Source, ...]]:
    """Return a check's rubric or pack, and the pack's sources. A rubric has no sources."""
    for pack in library.packs:
        added = pack.criteria.get(criterion.id)
        if added and any(other.id == check.id for other in added.checks):
            return f"{pack.title}, {pack.id} {pack.version}", pack.sources
    return f"{library.rubric.id} {library.rubric.version}", ()
