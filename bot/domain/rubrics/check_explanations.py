"""What a check asks, why, and what to read about it, for whoever asks by its name."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Check, Criterion, Library, Source

_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class CheckExplanation:
    """A check with its criterion; ``origin`` is the rubric or pack it is from, ``sources`` what to read."""

    check: Check
    criterion: Criterion
    origin: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NearestChecks:
    """The names that come nearest to one that is no check's; ``asked`` is False where none was given."""

    asked: bool
    checks: tuple[str, ...]


def explain_check(library: Library, name: str) -> CheckExplanation | NearestChecks:
    """Find a check by its name; of a criterion's name its checks are the nearest."""
    criteria = with_packs(library.rubric, library.packs).criteria
    known = {check.id.lower(): (criterion, check) for criterion in criteria for check in criterion.checks}
    if name.lower() in known:
        criterion, check = known[name.lower()]
        return CheckExplanation(check, criterion, *_origin(library, criterion, check))
    if not name:
        return NearestChecks(False, tuple(check.id for _, check in list(known.values())[:1]))
    own = [check.id for criterion in criteria if criterion.id == name.lower() for check in criterion.checks]
    near = own or [
        known[each][1].id for each in get_close_matches(name.lower(), known, n=_MOST_NEAR, cutoff=0.4)
    ]
    return NearestChecks(True, tuple(near[:_MOST_NEAR]))


def _origin(library: Library, criterion: Criterion, check: Check) -> tuple[str, tuple[Source, ...]]:
    """Say where a check comes from, and what its pack says is to be read. A rubric names no sources."""
    for pack in library.packs:
        added = pack.criteria.get(criterion.id)
        if added and any(each.id == check.id for each in added.checks):
            return f"{pack.title}, {pack.id} {pack.version}", pack.sources
    return f"{library.rubric.id} {library.rubric.version}", ()
