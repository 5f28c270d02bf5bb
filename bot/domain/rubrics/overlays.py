"""Apply packs and overlays to a rubric, and find conflicts between the documents."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from bot.domain.rubrics.flow_wording import SignalTexts
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
    signal_owners,
)


def find_problems(rubric: Rubric) -> list[DocumentProblem]:
    """Find problems between a rubric's parts: duplicate ids, weights, references."""
    found = [
        *_find_duplicates((("criteria", c), criterion.id) for c, criterion in enumerate(rubric.criteria)),
        *_find_duplicates(_list_ids(rubric)),
    ]
    total = sum(criterion.weight for criterion in rubric.criteria)
    if not math.isclose(total, 1, abs_tol=1e-6):
        found.append(DocumentProblem(("criteria",), f"the weights sum to {total:g}; they must sum to 1"))
    for c, criterion in enumerate(rubric.criteria):
        checks = {check.id for check in criterion.checks}
        found.extend(
            DocumentProblem(
                ("criteria", c, "anti_patterns", a, "check"),
                f"{anti.check} is not a check of {criterion.id}; its checks are {', '.join(sorted(checks))}",
            )
            for a, anti in enumerate(criterion.anti_patterns)
            if anti.check not in checks
        )
    return found


def _list_ids(rubric: Rubric) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for c, criterion in enumerate(rubric.criteria):
        for kind in ("checks", "anti_patterns"):
            for o, owner in enumerate(getattr(criterion, kind)):
                yield ("criteria", c, kind, o, "id"), owner.id
                for s, signal in enumerate(owner.signals):
                    yield ("criteria", c, kind, o, "signals", s, "id"), signal.id


def _find_duplicates(ids: Iterable[tuple[tuple[str | int, ...], str]]) -> Iterator[DocumentProblem]:
    seen: Counter[str] = Counter()
    for place, name in ids:
        if seen[name]:
            yield DocumentProblem(place, f"the id {name} is used twice")
        seen[name] += 1


def with_packs(rubric: Rubric, packs: Iterable[Pack]) -> Rubric:
    """Return the rubric with each pack's checks, anti-patterns and signals added to their criteria."""
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    for pack in sorted(packs, key=lambda pack: pack.id):
        for name, additions in pack.criteria.items():
            if name in criteria:  # a rubric need not have every criterion of a pack
                criteria[name] = _extend_criterion(criteria[name], additions)
    return rubric.model_copy(update={"criteria": tuple(criteria.values())})


def pack_signal_ids(pack: Pack) -> Iterator[str]:
    """Yield the ids of a pack's own signals."""
    for additions in pack.criteria.values():
        lists = [owner.signals for owner in additions.checks]
        lists += [owner.signals for owner in additions.anti_patterns]
        lists += additions.signals.values()
        yield from (signal.id for signals in lists for signal in signals)


def asks_by_check(library: Library) -> dict[str, str]:
    """Return each check's question by its id, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: check.ask for criterion in criteria for check in criterion.checks}


def signal_texts(library: Library) -> SignalTexts:
    """Return every text that a signal can put into a report: facts, questions, and missing parts."""
    criteria = with_packs(library.rubric, library.packs).criteria
    texts = {check.probe for criterion in criteria for check in criterion.checks}
    for _, owner in signal_owners(criteria):
        for signal in owner.signals:
            texts.update(text for text in (signal.text, signal.probe, signal.missing) if text)
    return SignalTexts(texts)


def criteria_by_check(library: Library) -> dict[str, str]:
    """Return the criterion id of each check id, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: criterion.id for criterion in criteria for check in criterion.checks}


def _extend_criterion(criterion: Criterion, additions: Additions) -> Criterion:
    checks = tuple(
        check.model_copy(update={"signals": check.signals + additions.signals.get(check.id, ())})
        for check in criterion.checks
    )
    known = {check.id for check in (*checks, *additions.checks)}
    # A custom rubric need not have every check that a pack's anti-patterns refer to.
    anti_patterns = tuple(anti for anti in additions.anti_patterns if anti.check in known)
    return criterion.model_copy(
        update={
            "checks": checks + additions.checks,
            "anti_patterns": criterion.anti_patterns + anti_patterns,
        }
    )


def find_pack_problems(pack: Pack, rubric: Rubric) -> list[DocumentProblem]:
    """Find a pack's references to criteria and checks that the rubric does not have, and duplicate ids."""
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
        available = known[name] | {check.id for check in additions.checks}
        found.extend(
            DocumentProblem(
                ("criteria", name, "anti_patterns", a, "check"), f"{anti.check} is not a check of {name}"
            )
            for a, anti in enumerate(additions.anti_patterns)
            if anti.check not in available
        )
    taken = {problem.message for problem in find_problems(rubric)}
    found.extend(
        DocumentProblem(("criteria",), problem.message)
        for problem in find_problems(with_packs(rubric, [pack]))
        if problem.message not in taken
    )
    return found


def find_overlay_problems(overlay: Overlay, rubric: Rubric) -> list[DocumentProblem]:
    """Find an overlay's references that its rubric cannot resolve, and weights that do not sum to 1."""
    if overlay.rubric != rubric.id:
        return [DocumentProblem(("rubric",), f"this overlay is for {overlay.rubric}, not for {rubric.id}")]
    known = {
        "criteria": {criterion.id for criterion in rubric.criteria},
        "checks": {owner.id for _, owner in signal_owners(rubric.criteria) if isinstance(owner, Check)},
        "anti_patterns": {
            owner.id for _, owner in signal_owners(rubric.criteria) if isinstance(owner, AntiPattern)
        },
    }
    found = [
        DocumentProblem((kind, name), f"the rubric {rubric.id} has no {noun} {name}")
        for (kind, names), noun in zip(known.items(), ("criterion", "check", "anti-pattern"), strict=True)
        for name in getattr(overlay, kind)
        if name not in names
    ]
    if not found:
        found = [
            DocumentProblem(("criteria",), problem.message)
            for problem in find_problems(with_overlay(rubric, overlay))
        ]
    return found


def with_overlay(rubric: Rubric, overlay: Overlay) -> Rubric:
    """Return the rubric in a cohort's own wording. ``find_overlay_problems`` must find nothing."""

    def reword_check(check: Check) -> Check:
        wording = overlay.checks.get(check.id)
        return check.model_copy(update=wording.model_dump(exclude_none=True)) if wording else check

    def reword_anti_pattern(anti_pattern: AntiPattern) -> AntiPattern:
        text = overlay.anti_patterns.get(anti_pattern.id, anti_pattern.text)
        return anti_pattern.model_copy(update={"text": text})

    def reword_criterion(criterion: Criterion) -> Criterion:
        wording = overlay.criteria.get(criterion.id, CriterionWording())
        return criterion.model_copy(
            update={
                **wording.model_dump(exclude_none=True),
                "checks": tuple(map(reword_check, criterion.checks)),
                "anti_patterns": tuple(map(reword_anti_pattern, criterion.anti_patterns)),
            }
        )

    return rubric.model_copy(update={"criteria": tuple(map(reword_criterion, rubric.criteria))})
