"""Why two people are a pair, or are not: an exact answer, found by solving again with the two together.

Leads read all of it. Participants and senseis read why they were matched. About anybody else they always read
the same sentence: if answers differed, people could work out from them what was asked in confidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    """Why ``participant`` is not with ``sensei``: two people who are in the cohort."""

    cohort: int
    participant: str
    sensei: str


def find_two_people(tx: Tx, cohort: int, names: Sequence[str]) -> WhyQuestion:
    """Find the participant and the sensei whom a lead asks about, in either order.

    Raises:
        UserError: a name fits nobody or several people, or there are not two names.
    """
    if len(names) != 2:
        raise UserError(
            "Which two people do you mean?", "Name a participant and a sensei, with a comma in between."
        )
    members = _current_members(tx, cohort)
    participant_name, sensei_name = names
    swapped = _matching(members, participant_name, CohortRole.SENSEI)
    if swapped and _matching(members, sensei_name, CohortRole.PARTICIPANT):
        participant_name, sensei_name = sensei_name, participant_name
    participant = _find_one(members, participant_name, CohortRole.PARTICIPANT)
    sensei = _find_one(members, sensei_name, CohortRole.SENSEI)
    return WhyQuestion(cohort, participant.person, sensei.person)


def find_member(tx: Tx, cohort: int, name: str, role: CohortRole) -> Member:
    """Find a person by a name, a login or an account.

    Raises:
        UserError: the name fits nobody in that role, or several people.
    """
    return _find_one(_current_members(tx, cohort), name, role)


def _current_members(tx: Tx, cohort: int) -> list[Member]:
    return [member for member in tx.members.of(cohort) if member.state is not EnrolmentState.LEFT]


def _matching(members: Sequence[Member], name: str, role: CohortRole) -> list[Member]:
    """Return the members whose name, login or account this is, or else whose name begins with it."""
    wanted = name.strip().lstrip("@").casefold()
    in_role = [member for member in members if member.role is role]
    exact = [member for member in in_role if wanted in _identifiers(member)]
    return exact or [member for member in in_role if wanted and member.name.casefold().startswith(wanted)]


def _identifiers(member: Member) -> set[str]:
    return {
        member.name.casefold(),
        (member.code or "").casefold(),
        (member.chat or "").casefold(),
        member.person,
    }


def _find_one(members: Sequence[Member], name: str, role: CohortRole) -> Member:
    found = _matching(members, name, role)
    if len({member.person for member in found}) == 1:
        return found[0]
    if found:
        raise UserError(
            f"Several {role}s are called “{name.strip()[:80]}”.", "Write the whole name, or the GitHub login."
        )
    raise UserError(
        f"No {role} of this cohort is called “{name.strip()[:80]}”.",
        "Write the name as it is shown, or the beginning of it.",
    )


def problem_of(tx: Tx, cohort: int, day: date) -> PairingProblem:
    """Return the problem of a cohort as it is now; active, approved and locked pairs stay."""
    rows = read_rows(tx, cohort)
    sure = {PairState.ACTIVE, PairState.APPROVED}
    locked = {pair.participant: pair.sensei for pair in rows.going_on if pair.state in sure or pair.locked}
    return rows.problem(day, current=rows.standing(), locked=locked)


def explain_solved(problem: PairingProblem, question: WhyQuestion) -> Json:
    """Answer a question, as JSON of ids and numbers. It solves twice, so don't call it in a transaction."""
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
