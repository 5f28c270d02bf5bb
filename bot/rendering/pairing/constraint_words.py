"""The wording of each constraint, wherever it is named."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint


@dataclass(frozen=True, slots=True)
class ConstraintWords:
    """The wording of a constraint.

    ``refusal`` follows "Ada cannot be paired with Bo:". ``label`` is shorter, for a pair in a list. ``cause``
    says why a participant has no sensei at all.
    """

    refusal: str
    label: str
    cause: str


CONSTRAINT_WORDS: Mapping[Constraint, ConstraintWords] = {
    Constraint.GONE: ConstraintWords(
        "one of them is not in the cohort, or has no profile yet",
        "one of them is not taking part",
        "no sensei is taking part",
    ),
    # This is never why a participant has no sensei: it doesn't bar them from all senseis.
    Constraint.SELF: ConstraintWords(
        "they are the same person", "nobody can be their own sensei", "nobody can be their own sensei"
    ),
    Constraint.PAUSED: ConstraintWords(
        "one of them is paused", "one of them is paused", "a sensei they could have is paused"
    ),
    Constraint.OVERLAP: ConstraintWords(
        "their working hours don't overlap enough",
        "their working hours don't overlap enough",
        "not enough overlap in working hours",
    ),
    Constraint.CAPACITY: ConstraintWords(
        "the sensei has no free place", "no free place", "every sensei they could have is full"
    ),
    Constraint.LOCKED: ConstraintWords(
        "locked and existing pairs take up all the sensei's places",
        "locked pairs take up all the sensei's places",
        "the places they could have are taken by locked pairs with other participants",
    ),
    Constraint.VETOED: ConstraintWords(
        "the sensei has already turned this participant down",
        "the sensei has already turned this participant down",
        "a sensei turned them down",
    ),
    # Say nothing more about a confidential constraint.
    Constraint.CONFIDENTIAL: ConstraintWords(
        "a confidential constraint", "a confidential constraint", "a confidential constraint"
    ),
}
