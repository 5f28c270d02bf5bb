"""A trial pairing at 80 columns. After a deliberate change: ``UPDATE=1 pytest`` on this file."""

import os
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from bot.cli.output import as_text
from bot.domain.dojo.people_import import read_people
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.problem import MINIMUM, Constraint
from bot.domain.pairing.trial import try_pairing
from bot.domain.pairing.trial_document import (
    NextBest,
    PairingTrial,
    SenseiLoad,
    TrialMove,
    TrialOverlap,
    TrialPair,
    TrialPerson,
    TrialUnassigned,
    UnknownWish,
)
from bot.rendering.pairing.trial import explain_without, render_trial
from tests.sample_cohort import SKILLS, STACKS, ZONES, made

SNAPSHOT = Path(__file__).parent / "snapshots" / "trial_of_60_people.txt"
WORDS = Vocabulary(
    {skill: f"{skill.title()} and its title" for skill in SKILLS},
    {stack: stack.title() for stack in STACKS},
    {*ZONES, "Pacific/Auckland"},
)
NAMES = {"a": "Ada", "e": "Eve", "b": "Bo", "c": "Cy", "d": "Di", "f": "Flo"}


def shown(trial: PairingTrial) -> str:
    return "".join(map(as_text, render_trial(trial, "people.csv", WORDS)))


def paired(other: NextBest | None, *, loads: int = 2, compared: bool = True) -> str:
    """The page for Ada, who has Bo."""
    trial = PairingTrial(
        week=date(2026, 1, 14),
        weights={MINIMUM: 2},
        compared=compared,
        people=tuple(TrialPerson(slack=slack, name=name) for slack, name in NAMES.items()),
        pairs=(TrialPair(participant="a", sensei="b", fit=70, reasons=(), next_best=other),),
        unassigned=(),
        loads=tuple(
            SenseiLoad(sensei=sensei, participants=sensei == "b", capacity=2) for sensei in "bcd"[:loads]
        ),
        unknown_wishes=(UnknownWish(person="a", prefers="zoe@example.org"),),
    )
    return " ".join(shown(trial).split())


def costing(cost: float, *moves: tuple[str, str | None, str | None]) -> NextBest:
    return NextBest(
        sensei="c",
        fit=60,
        cost=cost,
        moves=tuple(TrialMove(participant=who, before=was, after=now) for who, was, now in moves),
    )


def test_sixty_people_fit_80_columns() -> None:
    table = read_people(made(48, 12).encode(), "csv", WORDS, needs_time_zones=True)
    text = shown(try_pairing(table.rows, date(2026, 1, 14)))
    assert max(map(cell_len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    assert "Zoë\\x1b[31m \\u202enimda" in text
    if os.environ.get("UPDATE"):
        SNAPSHOT.write_text(text, "utf-8")
    assert text == SNAPSHOT.read_text("utf-8")


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (costing(0), "Next best: Cy (fit 60 %), just as good overall."),
        (costing(0.4), "Next best: Cy (fit 60 %), less than a point worse overall."),
        (costing(1.2), "Next best: Cy (fit 60 %), 1 point worse overall."),
        (costing(12, ("e", "c", "b")), "(fit 60 %), 12 points worse overall; Eve would move to Bo."),
        (
            costing(12, ("e", "c", "d"), ("f", "d", "b")),
            "12 points worse overall; 2 other participants would move.",
        ),
        (
            costing(-30, ("e", "c", None), ("f", "d", "b")),
            "Next best: Cy (fit 60 %), but then Eve would have no sensei.",
        ),
        (None, "No other sensei is possible, because the working hours don't overlap enough."),
    ],
)
def test_another_choice_in_words(other: NextBest | None, says: str) -> None:
    assert says in paired(other)


def test_a_page_says_what_it_does_not_know() -> None:
    assert "There is no other sensei." in paired(None, loads=1)
    big = paired(None, compared=False)
    assert "Next best" not in big
    assert "too many people" in big
    assert "Ada prefers zoe@example.org, who isn't in people.csv." in big
    assert "Sensei saved nothing" in big
    assert "1 pair; every participant has a sensei." in big
    assert "Bo has 1 participant and room for 1 more" in big
    assert "Cy has no participants and room for 2 more" in big


def test_people_with_the_same_name_are_told_apart() -> None:
    rows = (
        "name,role,slack,time_zone\nAda,participant,ada@example.org,Europe/London\n"
        "ada,participant,other@example.org,Europe/London\nBo,sensei,bo@example.org,Europe/London\n"
    )
    table = read_people(rows.encode(), "csv", WORDS, needs_time_zones=True)
    text = shown(try_pairing(table.rows, date(2026, 1, 14)))
    assert "  Ada (ada@example.org) (fit " in text
    assert "  ada (other@example.org) (fit " in text
    assert "Bo has 2 participants and is full" in text


@pytest.mark.parametrize(
    ("causes", "possible", "minutes", "says"),
    [
        (
            (Constraint.CAPACITY,),
            "bc",
            0,
            (
                "Ada has no sensei: every sensei they could have is full. "
                "If Bo or Cy took one more participant, that would be enough."
            ),
        ),
        (
            (Constraint.CAPACITY,),
            "bcdf",
            0,
            (
                "Ada has no sensei: every sensei they could have is full. "
                "If Bo or any of 3 other senseis took one more participant, that would be enough."
            ),
        ),
        (
            (Constraint.OVERLAP,),
            "",
            90,
            (
                "Ada has no sensei: not enough overlap in working hours. The longest overlap is with Bo: 1½ "
                "hours a week. At least 2 hours are needed."
            ),
        ),
        (
            (Constraint.OVERLAP,),
            "",
            0,
            (
                "Ada has no sensei: not enough overlap in working hours. No sensei's working hours overlap "
                "with theirs."
            ),
        ),
    ],
)
def test_why_somebody_has_no_sensei(
    causes: tuple[Constraint, ...], possible: str, minutes: int, says: str
) -> None:
    unassigned = TrialUnassigned(
        participant="a",
        causes=causes,
        alone=True,
        possible=tuple(possible),
        most_overlap=TrialOverlap(sensei="b", minutes=minutes),
    )
    assert explain_without(unassigned, NAMES, 2) == says
