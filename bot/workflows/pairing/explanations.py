"""Why two people are a pair, and why not two others: exact, by solving anew with them together.

Leads read all of it. A participant or a sensei reads why they were matched, and of anybody else always the
same: an answer that told one case from another would tell, by what is left, what was asked in confidence.
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
    """Find whom a lead asks about: a participant and a sensei, in either order.

    Raises:
        UserError: nobody is called so, several are, or no participant and sensei are meant.
    """
    if len(names) != 2:
        raise UserError(
            "Why are which two no pair?", "Name a participant and a sensei, with a comma in between."
        )
    there = [one for one in tx.members.of(cohort) if one.state is not EnrolmentState.LEFT]
    one, other = names
    if _some(there, one, CohortRole.SENSEI) and _some(there, other, CohortRole.PARTICIPANT):
        one, other = other, one
    participant = _called(there, one, CohortRole.PARTICIPANT)
    return WhyQuestion(cohort, participant.person, _called(there, other, CohortRole.SENSEI).person)


def _some(there: Sequence[Member], name: str, role: CohortRole) -> list[Member]:
    """Return who is meant by a name, a login or an account: whole, else the beginning of a name."""
    wanted = name.strip().lstrip("@").casefold()
    of_role = [one for one in there if one.role is role]
    whole = [
        one
        for one in of_role
        if wanted
        in {one.name.casefold(), (one.code or "").casefold(), (one.chat or "").casefold(), one.person}
    ]
    return whole or [one for one in of_role if wanted and one.name.casefold().startswith(wanted)]


def _called(there: Sequence[Member], name: str, role: CohortRole) -> Member:
    found = _some(there, name, role)
    if len({one.person for one in found}) == 1:
        return found[0]
    if found:
        raise UserError(
            f"Several {role}s are called “{name.strip()[:80]}”.", "Write the whole name, or the GitHub login."
        )
    raise UserError(
        f"No {role} of this cohort is called “{name.strip()[:80]}”.",
        "Write the name as it is shown, or a part from its beginning.",
    )


def find_member(tx: Tx, cohort: int, name: str, role: CohortRole) -> Member:
    """Find somebody by a name, a login or an account.

    Raises:
        UserError: nobody is called so in that role, or several are.
    """
    there = [one for one in tx.members.of(cohort) if one.state is not EnrolmentState.LEFT]
    return _called(there, name, role)


def problem_of(tx: Tx, cohort: int, day: date) -> PairingProblem:
    """Return the problem of the cohort as it stands: pairs that are sure, or locked, stay."""
    known = read_rows(tx, cohort)
    sure = {PairState.ACTIVE, PairState.APPROVED}
    locked = {it.participant: it.sensei for it in known.going_on if it.state in sure or it.locked}
    return known.problem(day, current=known.standing(), locked=locked)


def explain_solved(problem: PairingProblem, asked: WhyQuestion) -> Json:
    """Answer, as JSON of ids and numbers. It solves twice: not to be done within a transaction."""
    matcher = Solver(problem)
    found = explain_why_not(matcher, matcher.solve(), asked.participant, asked.sensei)
    about: Json = {"cohort": asked.cohort, "participant": asked.participant, "sensei": asked.sensei}
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
