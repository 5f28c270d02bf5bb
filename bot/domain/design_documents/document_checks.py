"""The checks against which a design document is read."""

from collections.abc import Sequence

from bot.domain.rubrics.rubric import Check, Criterion, Rubric


def list_document_checks(rubric: Rubric) -> Sequence[tuple[Criterion, Check]]:
    """Return the checks that a document can say something about, each with its criterion.

    They are those that the rubric marks (``document``). If it marks none, they are the checks of whole
    capstones up to the level of a gate, since higher ones ask for results.
    """
    all_ = [(criterion, check) for criterion in rubric.criteria for check in criterion.checks]
    marked = [pair for pair in all_ if pair[1].document]
    return marked or [
        (criterion, check)
        for criterion, check in all_
        if check.scope == "capstone" and check.level <= rubric.gate_level
    ]
