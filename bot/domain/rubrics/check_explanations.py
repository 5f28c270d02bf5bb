"""Explain a check, given its name: what it asks, why, and what to read about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Check, Criterion, Library, Source
from bot.domain.rubrics.source_ranking import choose_sources

_MOST_NEAR = 3
# Minimum similarity of two names, from 0 to 1, to suggest one. A typo or two in most names gives 0.85.
_NEAR = 0.8
# A name is only suggested if it is nearly as similar as the most similar one.
_NEARLY_AS_NEAR = 0.03


@dataclass(frozen=True, slots=True)
class CheckExplanation:
    """A check with its criterion. ``origin`` is its rubric or pack; ``sources`` lists what to read."""

    check: Check
    criterion: Criterion
    origin: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class NearestChecks:
    """The checks that an unknown name may mean. ``asked`` is False if no name was given.

    If the name is that of a criterion or a pack, ``group`` is its title and ``checks`` are all of its checks.
    ``groups`` are the ids of the rubric's criteria and the packs, for a name that resembles none.
    """

    asked: bool
    checks: tuple[str, ...]
    group: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    checks: tuple[str, ...]


def explain_check(library: Library, name: str) -> CheckExplanation | NearestChecks:
    """Find a check by its name; if there is none, the checks that the name may mean."""
    criteria = with_packs(library.rubric, library.packs).criteria
    known = {check.id.lower(): (criterion, check) for criterion in criteria for check in criterion.checks}
    name = name.lower()
    if name in known:
        criterion, check = known[name]
        return CheckExplanation(check, criterion, *_find_origin(library, criterion, check))
    groups = _list_groups(library, criteria)
    if not name:
        return NearestChecks(
            False, tuple(check.id for _, check in list(known.values())[:1]), groups=tuple(groups)
        )
    return _find_nearest(name, {name: check.id for name, (_, check) in known.items()}, groups)


def _list_groups(library: Library, criteria: Sequence[Criterion]) -> dict[str, _Group]:
    """Return the criteria and the packs by their ids. A pack that adds nothing is left out."""
    groups = {
        criterion.id: _Group(criterion.title, tuple(check.id for check in criterion.checks))
        for criterion in criteria
    }
    for pack in library.packs:
        checks = tuple(check.id for added in pack.criteria.values() for check in added.checks)
        if checks:
            groups.setdefault(pack.id, _Group(pack.title, checks))
    return groups


def _find_nearest(name: str, known: Mapping[str, str], groups: Mapping[str, _Group]) -> NearestChecks:
    """Return what an unknown name may mean. ``known`` maps each check's name in small letters to its id."""
    prefix, _, rest = name.partition(".")
    if prefix in groups and (not rest or rest.isdigit()):
        return _show_group(groups[prefix])
    likeness = {other: _compare_names(name, other) for other in (*known, *groups)}
    best = max(likeness.values(), default=0.0)
    near = sorted(likeness, key=lambda other: -likeness[other]) if best >= _NEAR else []
    near = [other for other in near if likeness[other] >= best - _NEARLY_AS_NEAR]
    if checks := [known[other] for other in near if other in known]:
        return NearestChecks(True, tuple(checks[:_MOST_NEAR]))
    if group := next(iter(near), prefix if prefix in groups else None):
        return _show_group(groups[group])
    return NearestChecks(True, (), groups=tuple(groups))


def _show_group(group: _Group) -> NearestChecks:
    return NearestChecks(True, group.checks, group.title)


def _compare_names(name: str, other: str) -> float:
    """Return how alike two names are. A name without a dot may be the last part of a check's."""
    last = other.rpartition(".")[2]
    candidates = [other] if "." in name or last.isdigit() else [other, last]
    return max(SequenceMatcher(None, name, candidate).ratio() for candidate in candidates)


def _find_origin(library: Library, criterion: Criterion, check: Check) -> tuple[str, tuple[Source, ...]]:
    """Return a check's rubric or pack, and the pack's sources about it. A rubric has no sources."""
    for pack in library.packs:
        added = pack.criteria.get(criterion.id)
        if added and any(other.id == check.id for other in added.checks):
            return f"{pack.title}, {pack.id} {pack.version}", choose_sources(library, check, pack)
    return f"{library.rubric.id} {library.rubric.version}", ()
