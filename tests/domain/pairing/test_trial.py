"""A pairing that is only tried: the same problem as after an import, and what its document says."""

from datetime import date

import pytest

from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.people_import import read_people
from bot.domain.dojo.profiles import DEFAULT_CAPACITY, Vocabulary
from bot.domain.pairing import trial as trials
from bot.domain.pairing.problem import MINIMUM_HOURS, Constraint, Weights
from bot.domain.pairing.solver import Solver
from bot.domain.pairing.trial import make_problem, try_pairing
from bot.domain.pairing.trial_document import PairingTrial
from bot.errors import UserError
from tests.sample_cohort import SKILLS, STACKS, ZONES, made

WEEK = date(2026, 1, 14)
WORDS = Vocabulary(
    {skill: skill.title() for skill in SKILLS},
    {stack: stack.title() for stack in STACKS},
    {*ZONES, "Pacific/Auckland"},
)
HEAD = "name,role,slack,time_zone,days,hours,skills,prefers,capacity\n"
SENSEIS = "Bo,sensei,bo@example.org,Europe/London,,,risk:3,,1\nCy,sensei,cy@example.org,Europe/London,,,,,2\n"


def rows(text: str) -> tuple[ImportRow, ...]:
    table = read_people(text.encode(), "csv", WORDS, needs_time_zones=True)
    assert table.problems == ()
    return table.rows


def tried(people: str) -> PairingTrial:
    return try_pairing(rows(HEAD + people), WEEK)


def test_a_file_gives_the_problem_that_its_import_would_give() -> None:
    problem = make_problem(
        rows(
            HEAD
            + SENSEIS.replace(",,2", ",,")
            + "Ada,participant,ada@example.org,Europe/Madrid,tue,8-12,,cy@example.org,\n"
            "Lea,lead,lea@example.org,,,,,,\n"
        ),
        WEEK,
        {},
    )
    (ada,) = problem.participants
    assert (ada.id, ada.profile.hours.time_zone, ada.profile.prefers) == (
        "ada@example.org",
        "Europe/Madrid",
        ("cy@example.org",),
    )
    assert [sensei.profile.capacity for sensei in problem.senseis] == [1, DEFAULT_CAPACITY]
    assert (problem.weights, problem.minimum_hours) == (Weights(), MINIMUM_HOURS)


def test_the_pairs_are_the_solvers_in_the_order_of_the_file() -> None:
    people = rows(made(20, 5))
    trial = try_pairing(people, WEEK)
    assert {pair.participant: pair.sensei for pair in trial.pairs} == Solver(
        make_problem(people, WEEK, {})
    ).solve().senseis
    order = [row.slack for row in people]
    assert [pair.participant for pair in trial.pairs] == sorted(
        (pair.participant for pair in trial.pairs), key=order.index
    )
    assert sum(load.participants for load in trial.loads) == len(trial.pairs)
    assert [load.sensei for load in trial.loads] == [
        row.slack for row in people if row.role is CohortRole.SENSEI
    ]


def test_another_choice_has_its_cost_and_its_moves() -> None:
    trial = tried(
        SENSEIS + "Ada,participant,ada@example.org,Europe/London,,,risk:3,,\n"
        "Eve,participant,eve@example.org,Europe/London,,,risk:1,,\n"
    )
    ada, eve = trial.pairs
    assert (ada.sensei, eve.sensei) == ("bo@example.org", "cy@example.org")
    assert ada.next_best
    # Both want only risk, and only Bo has it: Eve may as well take Ada's place.
    assert (ada.next_best.sensei, ada.next_best.cost) == ("cy@example.org", 0)
    assert [(move.participant, move.after) for move in ada.next_best.moves] == [
        ("eve@example.org", "bo@example.org")
    ]
    without_eve = tried(SENSEIS + "Ada,participant,ada@example.org,Europe/London,,,risk:3,,\n").pairs[0]
    # 40 of 100 points for the skill. Cy's first place of two costs 2.5 points, Bo's only one 5.
    assert without_eve.next_best
    assert (without_eve.next_best.cost, without_eve.next_best.moves) == (40 + 2.5 - 5, ())


def test_a_participant_without_a_sensei_comes_with_what_is_nearest() -> None:
    trial = tried(
        SENSEIS.replace(",2\n", ",0\n") + "Ada,participant,ada@example.org,Europe/London,,,risk:3,,\n"
        "Eve,participant,eve@example.org,Europe/London,,9:00-10:00,,,\n"
        "Far,participant,far@example.org,Pacific/Auckland,mon,9:00-10:00,,nobody@example.org,\n"
    )
    eve, far = trial.unassigned
    assert (eve.participant, eve.causes, eve.alone) == ("eve@example.org", (Constraint.CAPACITY,), True)
    assert eve.possible == ("bo@example.org", "cy@example.org")
    assert far.possible == ()
    assert far.most_overlap
    assert far.most_overlap.minutes == 0
    assert [(wish.person, wish.prefers) for wish in trial.unknown_wishes] == [
        ("far@example.org", "nobody@example.org")
    ]


def test_weights_are_those_of_a_cohort(monkeypatch: pytest.MonkeyPatch) -> None:
    people = rows(HEAD + SENSEIS + "Ada,participant,ada@example.org,Europe/London,,,,,\n")
    assert try_pairing(people, WEEK, {"minimum_hours": 40}).weights["minimum_hours"] == 40
    with pytest.raises(UserError, match="all pairs would be equally good"):
        try_pairing(
            people, WEEK, dict.fromkeys(("skills", "overlap", "stacks", "preferences", "continuity"), 0)
        )
    monkeypatch.setattr(trials, "MOST_COMPARED", 1)
    assert not try_pairing(people, WEEK).compared


def test_nobody_to_pair_is_an_error() -> None:
    with pytest.raises(UserError, match="no participants"):
        tried(SENSEIS)


def test_a_missing_time_zone_is_reported_with_all_other_problems() -> None:
    text = (
        HEAD
        + "Ada,participant,ada@example.org,,,,riks:3,,\nBo,sensei,bo@example.org,,,,,,x\n"
        + "Lea,lead,lea@example.org,,,,,,\n"
    )
    table = read_people(text.encode(), "csv", WORDS, needs_time_zones=True)
    assert [(problem.place, problem.column) for problem in table.problems] == [
        ("row 2", "skills"),
        ("row 2", "time_zone"),
        ("row 3", "capacity"),
        ("row 3", "time_zone"),
    ]
    assert "Europe/Madrid" in table.problems[1].message
    table = read_people(
        b"name,role,slack\nAda,participant,ada@example.org\nEve,participant,eve@example.org",
        "csv",
        WORDS,
        needs_time_zones=True,
    )
    assert [str(problem).split(".")[0] for problem in table.problems] == [
        "the file, time_zone: This column is missing"
    ]
