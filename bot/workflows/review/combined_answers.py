"""Combine the answers to several parts of a change."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TypeVar

from bot.domain.review.model_answers import (
    AnswerLimits,
    ProposedConcern,
    ProposedQuestion,
    ReadAnswer,
    merge_movements,
)
from bot.domain.review.severity import SeverityOrder

T = TypeVar("T")
C = TypeVar("C", ProposedConcern, ProposedQuestion)


def combine_parts(answers: Sequence[ReadAnswer], caps: AnswerLimits, severity: SeverityOrder) -> ReadAnswer:
    """Combine the answers to several parts of a change without a model.

    The most severe concerns and questions come first, then the best items of each part.
    """

    def take_best(lists: Iterable[Sequence[T]], most: int) -> tuple[T, ...]:
        rows = zip_longest(*lists)
        return tuple(item for row in rows for item in row if item is not None)[:most]

    def take_worst(lists: Sequence[Sequence[C]], most: int) -> tuple[C, ...]:
        ranked = take_best(lists, sum(map(len, lists)))
        return tuple(
            sorted(ranked, key=lambda item: (item.problem != "", severity.rank_check(item.check)[0]))[:most]
        )

    return ReadAnswer(
        touched=tuple(dict.fromkeys(name for answer in answers for name in answer.touched)),
        movements=merge_movements(
            take_best([answer.movements for answer in answers], len(answers) * caps.movements)
        ),
        concerns=take_worst([answer.concerns for answer in answers], caps.concerns),
        questions=take_worst([answer.questions for answer in answers], caps.questions),
        strengths=take_best([answer.strengths for answer in answers], caps.strengths),
    )
