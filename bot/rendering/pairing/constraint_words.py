"""The words for each constraint, in every place where one is named."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint


@dataclass(frozen=True, slots=True)
class ConstraintWords:
    """The words for a constraint.

    ``refusal`` follows "Ada cannot be with Bo:". ``label`` is shorter, for a pair in a list. ``cause`` says
    why a participant has no sensei at all.
    """

    refusal: str
    label: str
    cause: str


CONSTRAINT_WORDS: Mapping[Constraint, ConstraintWords] = {
    Constraint.GONE: ConstraintWords(
        "one of them is not in the cohort, or has no profile yet",
        "one of them does not take part",
        "no sensei takes part",
    ),
    # Nobody is without a sensei for this reason: it never bars a participant from all senseis.
    Constraint.SELF: ConstraintWords(
        "that is the same person", "nobody is their own sensei", "nobody is their own sensei"
    ),
    Constraint.PAUSED: ConstraintWords(
        "one of them is paused", "one of them is paused", "the sensei they could have is paused"
    ),
    Constraint.OVERLAP: ConstraintWords(
        "they share too few working hours",
        "too few working hours in common",
        "too few working hours in common",
    ),
    Constraint.CAPACITY: ConstraintWords("there is no free place", "no place", "all places are taken"),
    Constraint.LOCKED: ConstraintWords(
        "locked and existing pairs leave no place",
        "locked pairs hold the places",
        "locked pairs hold the places",
    ),
    Constraint.VETOED: ConstraintWords("it was turned down before", "a veto", "a veto"),
    # Nothing more is ever said about a confidential constraint.
    Constraint.CONFIDENTIAL: ConstraintWords(
        "a confidential constraint", "a confidential constraint", "a confidential constraint"
    ),
}
