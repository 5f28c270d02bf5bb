"""Write a rubric for a model: criteria, checks and anti-patterns in plain lines, without levels.

Each text depends only on the rubric and the packs, so it is identical for every change of a cohort. Every
review sends these texts, so their form is short.
"""

from collections.abc import Iterable, Iterator, Sequence

from bot.domain.rubrics.rubric import AntiPattern, Check, Pack, Rubric

LEGEND = "A line that starts with ! is an anti-pattern. It speaks against the check that it names."


def criteria(rubric: Rubric) -> str:
    """Return the legend and every criterion, with its intent, its checks and its anti-patterns."""
    return f"{LEGEND}\n\n" + "\n\n".join(
        "\n".join(
            [
                f"## {criterion.id}: {criterion.title}",
                _join_lines(criterion.intent),
                *_list_items(criterion.checks, criterion.anti_patterns),
            ]
        )
        for criterion in rubric.criteria
    )


def packs(rubric: Rubric, packs: Iterable[Pack]) -> str:
    """Return the packs' additions, by pack id, then in the rubric's order; empty if there are none."""
    return "\n\n".join(
        f"## {pack.title}\n" + "\n".join(lines)
        for pack in sorted(packs, key=lambda pack: pack.id)
        if (lines := list(_list_additions(rubric, pack)))
    )


def anchors(rubric: Rubric) -> str:
    """Return the cohort's anchors, in the rubric's order, without their levels; empty if there are none."""
    return "\n".join(
        f"- {criterion.id}: {_join_lines(anchor.text)} Ruled so because: {_join_lines(anchor.reason)}"
        for criterion in rubric.criteria
        for anchor in criterion.anchors
    )


def _list_additions(rubric: Rubric, pack: Pack) -> Iterator[str]:
    for criterion in rubric.criteria:
        added = pack.criteria.get(criterion.id)
        if added and (added.checks or added.anti_patterns):
            yield f"For {criterion.id}:"
            yield from _list_items(added.checks, added.anti_patterns)


def _list_items(checks: Sequence[Check], anti_patterns: Sequence[AntiPattern]) -> Iterator[str]:
    for check in checks:
        yield f"{check.id}: {_join_lines(check.ask)}"
    for anti in anti_patterns:
        yield f"! {anti.check}: {_join_lines(anti.text)}"


def _join_lines(text: str) -> str:
    return " ".join(text.split())
