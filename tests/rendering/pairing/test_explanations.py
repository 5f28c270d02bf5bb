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
        "Bo brings what is looked for: Security; Cost (a little).",
        "They share 17½ hours of work a week.",
        "Both work with anthropic and OpenAI.",
        "Not covered: risk.",
    )


@pytest.mark.parametrize(
    ("you", "told"),
    [
        (("s1",), ("You bring what is looked for: Security (some).", "You share 1 hour of work a week.")),
        (
            ("p1", "s1"),
            ("Bo brings what is looked for: Security (some).", "You share 1 hour of work a week."),
        ),
        ((), ("Bo brings what is looked for: Security (some).", "They share 1 hour of work a week.")),
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
                "Not Bo: full; giving Ada Bo would move two others and lower the cohort's fit by 4 %. "
                "Eve from Bo to Cy; Flo from Cy to Bo."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 1000, 996),
            "Not Bo: giving Ada Bo would move nobody else and lower the cohort's fit by less than 1 %.",
        ),
        (
            Counterfactual("p1", "s1", None, True, (MovedParticipant("p2", "s1", None),), 1000, 1100),
            (
                "Not Bo: full; giving Ada Bo would leave one other without a sensei and raise the cohort's "
                "fit by 10 %. Eve from Bo to nobody."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", True, (*TWO, MovedParticipant("p4", "s1", None)), 1000, 500),
            (
                "Not Bo: full; giving Ada Bo would move two others, leave one other without a sensei and "
                "lower the cohort's fit by 50 %. Eve from Bo to Cy; Flo from Cy to Bo; p4 from Bo to nobody."
            ),
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 700, 700),
            "Not Bo: giving Ada Bo would move nobody else and leave the cohort's fit as it is.",
        ),
        (
            Counterfactual("p1", "s1", "s2", False, (), 0, -5),
            "Not Bo: giving Ada Bo would move nobody else and lower the cohort's fit by 5 points.",
        ),
        (AlreadyTogether("p1", "s1"), "Ada has Bo."),
        (
            ImpossiblePair("p1", "s1", Constraint.OVERLAP, 95),
            "Not Bo for Ada: they have 1½ hours a week in common, and at least 4 hours are needed.",
        ),
        (
            ImpossiblePair("p1", "s1", Constraint.LOCKED),
            "Not Bo for Ada: all of Bo's places are locked for others.",
        ),
        (ImpossiblePair("p1", "s1", Constraint.CONFIDENTIAL), "Not Bo for Ada: a confidential constraint."),
        (ImpossiblePair("p1", "s1", Constraint.VETOED), "Not Bo for Ada: a veto."),
    ],
)
def test_what_a_lead_hears(answer: AlreadyTogether | ImpossiblePair | Counterfactual, lead: str) -> None:
    assert explanations.explain_answer(answer, NAMES, 4) == lead


@pytest.mark.parametrize("constraint", [*Constraint])
def test_every_constraint_has_words_everywhere(constraint: Constraint) -> None:
    assert explanations.explain_answer(ImpossiblePair("p1", "s1", constraint, 20), NAMES).startswith(
        "Not Bo for Ada: "
    )
    assert "not for Ada (" in explanations.describe_deputy(
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
    assert "no sensei yet" in explanations.no_sensei_yet()


def test_causes_that_only_do_it_together_are_joined() -> None:
    both = (Constraint.CAPACITY, Constraint.CONFIDENTIAL)
    assert explanations.explain_unassigned(Unassigned("p1", both, alone=False), NAMES) == (
        "Ada has no sensei: all places are taken and a confidential constraint, together."
    )
    assert explanations.explain_unassigned(Unassigned("p1", both), NAMES) == (
        "Ada has no sensei: all places are taken or a confidential constraint; without one of these there "
        "would be one."
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
    assert explanations.format_hours(minutes) == said


def test_a_deputy_is_told_by_what_is_theirs() -> None:
    assert explanations.describe_deputy(Deputy("s2", (), 2, 900, 600), NAMES) == (
        "Cy: 10 hours a week in common, two over their capacity meanwhile."
    )
