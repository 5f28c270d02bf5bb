"""Explains exactly why two people are or aren't paired, by solving again with the two together.

Leads read all of it. Participants and senseis read why they were matched. About other people, they always
read the same answer: if answers differed, they could reveal confidential requests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.counterfactual import AlreadyTogether, Counterfactual, ImpossiblePair, explain_why_not
from bot.domain.pairing.problem import PairingProblem
from bot.domain.pairing.solver import Solver
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.pairing.eligibility import read_rows


@dataclass(frozen=True, slots=True)
class WhyQuestion:
    """The question why ``participant`` is not paired with ``sensei``. Both are in the cohort."""

    cohort: int
    participant: str
    sensei: str


def find_two_people(tx: Tx, cohort: int, names: Sequence[str]) -> WhyQuestion:
    """Find the participant and the sensei that a lead asks about, named in either order.

    Raises:
        UserError: a name matches no one or several people, or there are not two names.
    """
    if len(names) != 2:
        raise UserError(
            "Which two people do you mean?", "Name a participant and a sensei, separated by a comma."
        )
    members, called = _current_members(tx, cohort), tx.cohorts.get(cohort).name
    participant_name, sensei_name = names
    swapped = _matching(members, participant_name, CohortRole.SENSEI)
    if swapped and _matching(members, sensei_name, CohortRole.PARTICIPANT):
        participant_name, sensei_name = sensei_name, participant_name
    participant = _find_one(members, participant_name, CohortRole.PARTICIPANT, called)
    sensei = _find_one(members, sensei_name, CohortRole.SENSEI, called)
    return WhyQuestion(cohort, participant.person, sensei.person)


def find_member(tx: Tx, cohort: int, name: str, role: CohortRole) -> Member:
    """Find a person by a name, a login or an account.

    Raises:
        UserError: the name matches no one in that role, or several people.
    """
    return _find_one(_current_members(tx, cohort), name, role, tx.cohorts.get(cohort).name)


def _current_members(tx: Tx, cohort: int) -> list[Member]:
    return [member for member in tx.members.of(cohort) if member.state is not EnrolmentState.LEFT]


def _matching(members: Sequence[Member], name: str, role: CohortRole) -> list[Member]:
    """Return the members with this name, login or account, or else those whose name starts with it."""
    wanted = name.strip().lstrip("@").casefold()
    in_role = [member for member in members if member.role is role]
    if user := find_mentioned_user(name):
        return [member for member in in_role if member.chat == user]
    exact = [member for member in in_role if wanted in _identifiers(member)]
    return exact or [member for member in in_role if wanted and member.name.casefold().startswith(wanted)]


def _identifiers(member: Member) -> set[str]:
    return {
        member.name.casefold(),
        (member.code or "").casefold(),
        (member.chat or "").casefold(),
        member.person,
    }


def _find_one(members: Sequence[Member], name: str, role: CohortRole, cohort: str) -> Member:
    found = _matching(members, name, role)
    if len({member.person for member in found}) == 1:
        return found[0]
    if found:
        raise UserError(
            f"Several {role}s are called “{name.strip()[:80]}”.", "Give the full name or the GitHub login."
        )
    if find_mentioned_user(name):
        raise UserError(
            f"One of the people you mentioned isn't a {role} in {cohort}.",
            "Mention a participant and a sensei.",
        )
    raise UserError(
        f"No {role} in {cohort} is called “{name.strip()[:80]}”.",
        "Give the name as Sensei shows it, or just its beginning.",
    )


def problem_of(tx: Tx, cohort: int, day: date) -> PairingProblem:
    """Return the current problem of a cohort. Active, approved and locked pairs are fixed."""
    rows = read_rows(tx, cohort)
    sure = {PairState.ACTIVE, PairState.APPROVED}
    locked = {pair.participant: pair.sensei for pair in rows.going_on if pair.state in sure or pair.locked}
    return rows.problem(day, current=rows.standing(), locked=locked)


def refuse_question(question: WhyQuestion) -> Json:
    """Answer a question that can't be worked out, because the cohort's weights aren't valid."""
    return {
        "cohort": question.cohort,
        "participant": question.participant,
        "sensei": question.sensei,
        "answer": "refused",
    }


def explain_solved(problem: PairingProblem, question: WhyQuestion) -> Json:
    """Answer a question with JSON of ids and numbers. It solves twice, so don't call it in a transaction."""
    solver = Solver(problem)
    found = explain_why_not(solver, solver.solve(), question.participant, question.sensei)
    about: Json = {
        "cohort": question.cohort,
        "participant": question.participant,
        "sensei": question.sensei,
    }
    match found:
        case AlreadyTogether():
            return {**about, "answer": "already"}
        case ImpossiblePair():
            return {
                **about,
                "answer": "impossible",
                "constraint": found.constraint.value,
                "minutes": found.minutes,
                "minimum": problem.minimum_hours,
            }
        case Counterfactual():
            return {
                **about,
                "answer": "possible",
                "full": found.full,
                "instead_of": found.instead_of,
                "moves": [[move.participant, move.before, move.after] for move in found.moves],
                "fit_before": found.fit_before,
                "fit_after": found.fit_after,
            }
