"""Laying packs and overlays over a rubric, and what they cannot see of one another."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.domain.rubrics.rubric import (
    Additions,
    AntiPattern,
    Check,
    Criterion,
    CriterionWording,
    DocumentProblem,
    Library,
    Overlay,
    Pack,
    Rubric,
    owners,
)


def find_problems(rubric: Rubric) -> list[DocumentProblem]:
    """Find what a rubric's parts cannot see of one another: duplicates, weights, references."""
    found = [
        *_duplicates((("criteria", c), x.id) for c, x in enumerate(rubric.criteria)),
        *_duplicates(_ids(rubric)),
    ]
    total = sum(criterion.weight for criterion in rubric.criteria)
    if not math.isclose(total, 1, abs_tol=1e-6):
        found.append(DocumentProblem(("criteria",), f"the weights sum to {total:g}; they must sum to 1"))
    for c, criterion in enumerate(rubric.criteria):
        checks = {check.id for check in criterion.checks}
        found.extend(
            DocumentProblem(
                ("criteria", c, "anti_patterns", a, "check"),
                f"{anti.check} is not a check of {criterion.id}; it has {', '.join(sorted(checks))}",
            )
            for a, anti in enumerate(criterion.anti_patterns)
            if anti.check not in checks
        )
    return found


def _ids(rubric: Rubric) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for c, criterion in enumerate(rubric.criteria):
        for kind in ("checks", "anti_patterns"):
            for o, owner in enumerate(getattr(criterion, kind)):
                yield ("criteria", c, kind, o, "id"), owner.id
                for s, signal in enumerate(owner.signals):
                    yield ("criteria", c, kind, o, "signals", s, "id"), signal.id


def _duplicates(ids: Iterable[tuple[tuple[str | int, ...], str]]) -> Iterator[DocumentProblem]:
    seen: Counter[str] = Counter()
    for where, name in ids:
        if seen[name]:
            yield DocumentProblem(where, f"the id {name} is used twice")
        seen[name] += 1


def with_packs(rubric: Rubric, packs: Iterable[Pack]) -> Rubric:
    """Return the rubric with each pack's checks, anti-patterns and signals in their criteria, packs by id."""
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    for pack in sorted(packs, key=lambda pack: pack.id):
        for name, additions in pack.criteria.items():
            if name in criteria:  # a rubric need not have every criterion a pack speaks to
                criteria[name] = _extended(criteria[name], additions)
    return rubric.model_copy(update={"criteria": tuple(criteria.values())})


def own_signals(pack: Pack) -> Iterator[str]:
    """Yield the ids of the signals that a pack brings."""
    for additions in pack.criteria.values():
        lists = [owner.signals for owner in additions.checks]
        lists += [owner.signals for owner in additions.anti_patterns]
        lists += additions.signals.values()
        yield from (signal.id for signals in lists for signal in signals)


def asks(library: Library) -> dict[str, str]:
    """Return what each check asks, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: check.ask for criterion in criteria for check in criterion.checks}


def said_by_signals(library: Library) -> frozenset[str]:
    """Return all texts that signals can put into a report: facts, questions, and what evidence is missing."""
    criteria = with_packs(library.rubric, library.packs).criteria
    said = {check.probe for criterion in criteria for check in criterion.checks}
    for _, owner in owners(criteria):
        for signal in owner.signals:
            said.update(text for text in (signal.text, signal.probe, signal.missing) if text)
    return frozenset(said)


def criterion_of(library: Library) -> dict[str, str]:
    """Return each check's criterion, by their ids, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: criterion.id for criterion in criteria for check in criterion.checks}


def _extended(criterion: Criterion, additions: Additions) -> Criterion:
    checks = tuple(
        check.model_copy(update={"signals": check.signals + additions.signals.get(check.id, ())})
        for check in criterion.checks
    )
    known = {check.id for check in (*checks, *additions.checks)}
    # A rubric of one's own need not have every check that a pack's anti-patterns speak against.
    anti_patterns = tuple(anti for anti in additions.anti_patterns if anti.check in known)
    return criterion.model_copy(
        update={
            "checks": checks + additions.checks,
            "anti_patterns": criterion.anti_patterns + anti_patterns,
        }
    )


def find_pack_problems(pack: Pack, rubric: Rubric) -> list[DocumentProblem]:
    """Find what a pack says about criteria and checks that the rubric does not have, and id clashes."""
    found: list[DocumentProblem] = []
    known = {criterion.id: {check.id for check in criterion.checks} for criterion in rubric.criteria}
    for name, additions in pack.criteria.items():
        if name not in known:
            found.append(
                DocumentProblem(("criteria", name), f"the rubric {rubric.id} has no criterion {name}")
            )
            continue
        found.extend(
            DocumentProblem(("criteria", name, "signals", check), f"{name} has no check {check}")
            for check in additions.signals
            if check not in known[name]
        )
        here = known[name] | {check.id for check in additions.checks}
        found.extend(
            DocumentProblem(
                ("criteria", name, "anti_patterns", a, "check"), f"{anti.check} is not a check of {name}"
            )
            for a, anti in enumerate(additions.anti_patterns)
            if anti.check not in here
        )
    taken = {problem.what for problem in find_problems(rubric)}
    found.extend(
        DocumentProblem(("criteria",), problem.what)
        for problem in find_problems(with_packs(rubric, [pack]))
        if problem.what not in taken
    )
    return found


def find_overlay_problems(overlay: Overlay, rubric: Rubric) -> list[DocumentProblem]:
    """Find what an overlay names that its rubric does not have, and weights that no longer sum to 1."""
    if overlay.rubric != rubric.id:
        return [DocumentProblem(("rubric",), f"this overlay is for {overlay.rubric}, not for {rubric.id}")]
    known = {
        "criteria": {criterion.id for criterion in rubric.criteria},
        "checks": {owner.id for _, owner in owners(rubric.criteria) if isinstance(owner, Check)},
        "anti_patterns": {owner.id for _, owner in owners(rubric.criteria) if isinstance(owner, AntiPattern)},
    }
    found = [
        DocumentProblem((kind, name), f"the rubric {rubric.id} has no {noun} {name}")
        for (kind, names), noun in zip(known.items(), ("criterion", "check", "anti-pattern"), strict=True)
        for name in getattr(overlay, kind)
        if name not in names
    ]
    if not found:
        found = [
            DocumentProblem(("criteria",), problem.what)
            for problem in find_problems(with_overlay(rubric, overlay))
        ]
    return found


def with_overlay(rubric: Rubric, overlay: Overlay) -> Rubric:
    """Return the rubric in a cohort's own words. The overlay must have no ``find_overlay_problems``."""

    def check(one: Check) -> Check:
        wording = overlay.checks.get(one.id)
        return one.model_copy(update=wording.model_dump(exclude_none=True)) if wording else one

    def anti_pattern(one: AntiPattern) -> AntiPattern:
        return one.model_copy(update={"text": overlay.anti_patterns.get(one.id, one.text)})

    def criterion(one: Criterion) -> Criterion:
        wording = overlay.criteria.get(one.id, CriterionWording())
        return one.model_copy(
            update={
                **wording.model_dump(exclude_none=True),
                "checks": tuple(map(check, one.checks)),
                "anti_patterns": tuple(map(anti_pattern, one.anti_patterns)),
            }
        )

    return rubric.model_copy(update={"criteria": tuple(map(criterion, rubric.criteria))})
