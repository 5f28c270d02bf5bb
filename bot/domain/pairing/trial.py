"""A trial: pairs for the people in a file, worked out without storing anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import MappingProxyType

from bot.domain.dojo.import_rows import ImportRow
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.profile_changes import merge_profile
from bot.domain.pairing.counterfactual import Counterfactual, find_next_best
from bot.domain.pairing.problem import MINIMUM, PairingPerson, PairingProblem, weights_of
from bot.domain.pairing.solver import Solution, Solver
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
from bot.domain.pairing.unassigned import Unassigned, explain_unassigned
from bot.errors import UserError

MOST_COMPARED = 10_000
"""Maximum possible pairs for which Sensei works out next-best senseis: each participant takes a solve."""


def try_pairing(
    rows: Sequence[ImportRow],
    week: date,
    weights: Mapping[str, int] = MappingProxyType({}),
    on_pair: Callable[[], None] = lambda: None,
) -> PairingTrial:
    """Pair the people in a file. Each row but a lead's needs a time zone.

    ``week`` is any day in the week used to compare working hours. ``weights`` are those that differ from the
    defaults. ``on_pair`` is called before each pair
    is compared with the next-best choice.

    Raises:
        UserError: there are no participants, or a weight is out of range.
    """
    problem = make_problem(rows, week, weights)
    if not problem.participants:
        raise UserError(
            "The file has no participants, so there is nobody to pair.",
            "The column `role` says who is a participant and who is a sensei.",
        )
    solver = Solver(problem)
    solution = solver.solve()
    compared = len(solver.participants) * len(solver.senseis) <= MOST_COMPARED
    next_best: dict[str, NextBest | None] = {}
    for pair in solution.pairs if compared else ():
        on_pair()
        answer = find_next_best(solver, solution, pair.participant)
        next_best[pair.participant] = _describe_next_best(solver, answer) if answer else None
    order = {row.slack: number for number, row in reversed([*enumerate(rows)])}
    pairs = [
        TrialPair(
            participant=pair.participant,
            sensei=pair.sensei,
            fit=_percent(solver, pair.participant, pair.sensei),
            reasons=pair.reasons,
            next_best=next_best.get(pair.participant),
        )
        for pair in solution.pairs
    ]
    unassigned = [_describe_unassigned(solver, found) for found in explain_unassigned(solver, solution)]
    return PairingTrial(
        week=week,
        weights={**asdict(problem.weights), MINIMUM: problem.minimum_hours},
        compared=compared,
        people=tuple(_list_people(rows)),
        pairs=tuple(sorted(pairs, key=lambda pair: order[pair.participant])),
        unassigned=tuple(sorted(unassigned, key=lambda found: order[found.participant])),
        loads=tuple(_list_loads(problem, solution)),
        unknown_wishes=tuple(
            UnknownWish(person=row.slack, prefers=wish)
            for row in rows
            for wish in row.prefers or ()
            if wish not in order
        ),
    )


def make_problem(rows: Sequence[ImportRow], week: date, weights: Mapping[str, int]) -> PairingProblem:
    """Return the problem of pairing the people in a file, as after importing them into a new cohort."""

    def people(role: CohortRole) -> tuple[PairingPerson, ...]:
        return tuple(
            PairingPerson(row.slack, merge_profile(row, None, row.time_zone or "", row.prefers or ()))
            for row in rows
            if row.role is role
        )

    points, minimum = weights_of(weights)
    return PairingProblem(
        people(CohortRole.PARTICIPANT), people(CohortRole.SENSEI), week, points, minimum_hours=minimum
    )


def _percent(solver: Solver, participant: str, sensei: str) -> int:
    return round(100 * solver.fit.points(participant, sensei) / solver.problem.weights.most)


def _describe_next_best(solver: Solver, answer: Counterfactual) -> NextBest:
    return NextBest(
        sensei=answer.sensei,
        fit=_percent(solver, answer.participant, answer.sensei),
        cost=round(100 * answer.loss / solver.problem.weights.most, 1),
        moves=tuple(
            TrialMove(participant=move.participant, before=move.before, after=move.after)
            for move in answer.moves
        ),
    )


def _describe_unassigned(solver: Solver, found: Unassigned) -> TrialUnassigned:
    participant = found.participant
    others = [sensei for sensei in solver.senseis if sensei != participant]
    overlaps = [(solver.fit.minutes(participant, sensei), sensei) for sensei in others]
    minutes, nearest = max(overlaps, key=lambda overlap: overlap[0], default=(0, ""))
    return TrialUnassigned(
        participant=participant,
        causes=found.causes,
        alone=found.alone,
        possible=tuple(sensei for sensei in others if not solver.fit.bars(participant, sensei)),
        most_overlap=TrialOverlap(sensei=nearest, minutes=minutes) if nearest else None,
    )


def _list_people(rows: Sequence[ImportRow]) -> list[TrialPerson]:
    names = {row.slack: row.name for row in rows}
    return [TrialPerson(slack=slack, name=name) for slack, name in names.items()]


def _list_loads(problem: PairingProblem, solution: Solution) -> list[SenseiLoad]:
    senseis = [pair.sensei for pair in solution.pairs]
    return [
        SenseiLoad(sensei=sensei.id, participants=senseis.count(sensei.id), capacity=sensei.profile.capacity)
        for sensei in problem.senseis
    ]
