"""A rubric as a model reads it: criteria, checks and anti-patterns in plain lines, and no level.

Each text depends on the rubric and the packs alone, so that it is the same for every change of a cohort.
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.rubrics.rubric import AntiPattern, Check, Pack, Rubric


def criteria(rubric: Rubric) -> str:
    """Return every criterion with its intent, what its checks ask, and its anti-patterns."""
    return "\n\n".join(
        "\n".join([f"## {one.id}: {one.title}", _plain(one.intent), *_lines(one.checks, one.anti_patterns)])
        for one in rubric.criteria
    )


def packs(rubric: Rubric, packs: Iterable[Pack]) -> str:
    """Return what packs add, by pack id, then in the rubric's order; empty if they add nothing."""
    return "\n\n".join(
        f"## {pack.title}\n" + "\n".join(lines)
        for pack in sorted(packs, key=lambda pack: pack.id)
        if (lines := list(_additions(rubric, pack)))
    )


def anchors(rubric: Rubric) -> str:
    """Return the cohort's anchors, in the rubric's order, without their levels; empty if there are none."""
    return "\n".join(
        f"- {one.id}: {_plain(anchor.text)} Ruled so because: {_plain(anchor.reason)}"
        for one in rubric.criteria
        for anchor in one.anchors
    )


def _additions(rubric: Rubric, pack: Pack) -> Iterator[str]:
    for criterion in rubric.criteria:
        added = pack.criteria.get(criterion.id)
        if added and (added.checks or added.anti_patterns):
            yield f"For {criterion.id}:"
            yield from _lines(added.checks, added.anti_patterns)


def _lines(checks: Sequence[Check], anti_patterns: Sequence[AntiPattern]) -> Iterator[str]:
    for check in checks:
        yield f"- {check.id}: {_plain(check.ask)}"
    for anti in anti_patterns:
        yield f"- anti-pattern, against {anti.check}: {_plain(anti.text)}"


def _plain(text: str) -> str:
    return " ".join(text.split())
