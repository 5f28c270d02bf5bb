"""A pairing in words."""

import pytest

from bot.domain.pairing.counterfactual import (
    AlreadyTogether,
    Counterfactual,
    ImpossiblePair,
    MovedParticipant,
)
from bot.domain.pairing.deputies import Deputy
from bot.domain.pairing.fit import PairReason, PairReasonKind
from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.unassigned import Unassigned
from bot.rendering.pairing import explanations
from bot.rendering.text.durations import format_hours

NAMES = {"p1": "Ada", "p2": "Eve", "p3": "Flo", "s1": "Bo", "s2": "Cy"}
TITLES = {"security": "Security", "performance_cost": "Cost", "openai": "OpenAI"}


def test_reasons_are_a_sentence_each() -> None:
    given = (
        PairReason(PairReasonKind.WISHED_BY_PARTICIPANT),
        PairReason(PairReasonKind.COVERS, ("security",), 3, 3),
        PairReason(PairReasonKind.COVERS, ("performance_cost",), 2, 1),
        PairReason(PairReasonKind.OVERLAP, minutes=17 * 60 + 30),
        PairReason(PairReasonKind.STACKS, ("anthropic", "openai")),
        PairReason(PairReasonKind.LACKS, ("risk",), 3),
    )
    assert explanations.explain_reasons("p1", "s1", given, NAMES, TITLES) == (
        "Ada asked for Bo.",
        "Bo covers skills that Ada is looking for: Security; Cost (a little).",
        "Their working hours overlap by 17½ hours a week.",
        "Both work with anthropic and OpenAI.",
        "Not covered by Bo: risk.",
    )


@pytest.mark.parametrize(
    ("you", "told"),
    [
        (
            ("s1",),
            (
                "You cover skills that Ada is looking for: Security (some).",
                "Your working hours overlap by 1 hour a week.",
            ),
        ),
        (
            ("p1", "s1"),
            (
                "Bo covers skills that Ada is looking for: Security (some).",
                "Your working hours overlap by 1 hour a week.",
            ),
        ),
        (
            (),
            (
                "Bo covers skills that Ada is looking for: Security (some).",
                "Their working hours overlap by 1 hour a week.",
            ),
        ),
    ],
)
def test_whoever_of_the_two_reads_it_is_spoken_to(you: tuple[str, ...], told: tuple[str, ...]) -> None:
    given = (
        PairReason(PairReasonKind.COVERS, ("security",), 3, 2),
        PairReason(PairReasonKind.OVERLAP, minutes=60),
    )
    assert explanations.explain_reasons("p1", "s1", given, NAMES, TITLES, you) == told


@pytest.mark.parametrize("kind", [*PairReasonKind])
def test_every_kind_of_reason_has_words(kind: PairReasonKind) -> None:
    given = (PairReason(kind, ("security",), 1, 1, 60),)
    assert len(explanations.explain_reasons("p1", "s1", given, NAMES, TITLES)) == 1


TWO = (MovedParticipant("p2", "s1", "s2"), MovedParticipant("p3", "s2", "s1"))


@pytest.mark.parametrize(
    ("answer", "lead"),
    [
        (
            Counterfactual("p1", "s1", "s2", True, TWO, 1000, 960),
            (
                "Bo is full. Pairing Ada with Bo would move two other participants and lower the cohort's "
                "fit by 4 %. Moves: Eve from Bo to Cy; Flo from Cy to Bo."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 1000, 996),
            "Pairing Ada with Bo would move nobody else and lower the cohort's fit by less than 1 %.",
        ),
        (
            Counterfactual("p1", "s1", None, True, (MovedParticipant("p2", "s1", None),), 1000, 1100),
            (
                "Bo is full. Pairing Ada with Bo would leave one other participant without a sensei and "
                "raise the cohort's fit by 10 %. Moves: Eve from Bo to no sensei."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", True, (*TWO, MovedParticipant("p4", "s1", None)), 1000, 500),
            (
                "Bo is full. Pairing Ada with Bo would move two other participants, leave one other "
                "participant without a sensei and lower the cohort's fit by 50 %. "
                "Moves: Eve from Bo to Cy; Flo from Cy to Bo; p4 from Bo to no sensei."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 700, 700),
            "Pairing Ada with Bo would move nobody else and leave the cohort's fit unchanged.",
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 0, -5),
            "Pairing Ada with Bo would move nobody else and lower the cohort's fit by 5 points.",
        ),
        (AlreadyTogether("p1", "s1"), "Ada is already paired with Bo."),
        (
            ImpossiblePair("p1", "s1", Constraint.OVERLAP, 95),
            (
                "Ada can't be paired with Bo: their working hours overlap by 1½ hours a week, and at least "
                "4 hours are needed."
            ),
        ),
        (
            ImpossiblePair("p1", "s1", Constraint.LOCKED),
            (
                "Ada can't be paired with Bo: all of Bo's places are taken by locked pairs with other "
                "participants."
            ),
        ),
        (
            ImpossiblePair("p1", "s1", Constraint.CONFIDENTIAL),
            "Ada can't be paired with Bo: a confidential constraint.",
        ),
        (
            ImpossiblePair("p1", "s1", Constraint.VETOED),
            "Ada can't be paired with Bo: the sensei has already turned this participant down.",
        ),
    ],
)
def test_what_a_lead_hears(answer: AlreadyTogether | ImpossiblePair | Counterfactual, lead: str) -> None:
    assert explanations.explain_answer(answer, NAMES, 4) == lead


@pytest.mark.parametrize("constraint", [*Constraint])
def test_every_constraint_has_words_everywhere(constraint: Constraint) -> None:
    assert explanations.explain_answer(ImpossiblePair("p1", "s1", constraint, 20), NAMES).startswith(
        "Ada can't be paired with Bo: "
    )
    assert "can't take Ada (" in explanations.describe_deputy(
        Deputy("s1", (("p1", constraint),), 0, 0, 0), NAMES
    )
    if constraint is not Constraint.SELF:
        assert explanations.explain_unassigned(Unassigned("p1", (constraint,)), NAMES).startswith(
            "Ada has no sensei: "
        )


def test_what_a_participant_hears_depends_on_nothing_but_the_name_they_gave() -> None:
    """The functions take no answer and no cause: there is nothing in them that could differ."""
    said = explanations.answer_participant("Bo")
    assert said.replace("Bo", "Cy") == explanations.answer_participant("Cy")
    assert "a sensei yet" in explanations.no_sensei_yet()


def test_causes_that_only_do_it_together_are_joined() -> None:
    both = (Constraint.CAPACITY, Constraint.CONFIDENTIAL)
    assert explanations.explain_unassigned(Unassigned("p1", both, alone=False), NAMES) == (
        "Ada has no sensei for a combination of reasons: every sensei is full; a confidential constraint."
    )
    assert explanations.explain_unassigned(Unassigned("p1", both), NAMES) == (
        "Ada has no sensei. Resolving any one of these would be enough: every sensei they could have is "
        "full; a confidential constraint."
    )


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (29, "29 minutes"),
        (30, "half an hour"),
        (60, "1 hour"),
        (90, "1½ hours"),
        (1219, "20 hours"),
    ],
)
def test_hours(minutes: int, said: str) -> None:
    assert format_hours(minutes) == said


def test_a_deputy_is_told_by_what_is_theirs() -> None:
    assert explanations.describe_deputy(Deputy("s2", (), 2, 900, 600), NAMES) == (
        "Cy: overlap of at least 10 hours a week, would be two over capacity."
    )
