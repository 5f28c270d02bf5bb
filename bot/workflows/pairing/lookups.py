"""Finds a cohort's pairs and people, and refuses actions that a pair's state does not allow."""

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairAction, PairState, next_state
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.pairing.wording import describe_state, next_step
from bot.rendering.text.safe_text import one_line
from bot.workflows.chat.addresses import chat_address


class PersonNames(dict[str, str]):
    """Names by person id. People who are no longer known get a fallback name."""

    def __missing__(self, person: str) -> str:
        return "a former member"


def names_of(tx: Tx, cohort: int) -> PersonNames:
    """Return the names of a cohort's people."""
    return PersonNames({member.person: member.name for member in tx.members.of(cohort)})


def show_person(tx: Tx, names: PersonNames, person: str) -> ShownPerson:
    """Return a person's name, and the account by which a view or an answer can mention them."""
    return ShownPerson(names[person], chat_address(tx, person))


def is_enrolled(tx: Tx, person: str, cohort: int) -> bool:
    """Return whether a person is in a cohort and has not left it."""
    return any(
        member.cohort == cohort and member.state is not EnrolmentState.LEFT
        for member in tx.members.roles(person)
    )


def find_enrolment(tx: Tx, person: str, cohort: int, role: str | None = None) -> Member | None:
    """Return a person's enrolment in a cohort, preferring one that they have not left."""
    found = [
        member
        for member in tx.members.roles(person)
        if member.cohort == cohort and role in {None, member.role}
    ]
    found.sort(key=lambda member: member.state is EnrolmentState.LEFT)
    return found[0] if found else None


def pair_of(tx: Tx, participant: str, cohort: int) -> Pair | None:
    """Return a participant's active pair."""
    return next(
        (
            pair
            for pair in tx.pairings.by_person(participant)
            if pair.cohort == cohort and pair.participant == participant and pair.state is PairState.ACTIVE
        ),
        None,
    )


def require_action(
    tx: Tx, number: int, action: PairAction, cohort: int | None = None
) -> tuple[Pair, PairState]:
    """Return a pair, and its state after an action.

    Raises:
        UserError: the pair does not exist, or its state does not allow the action.
    """
    pair = tx.pairings.get(number)
    if pair is None or (cohort is not None and pair.cohort != cohort):
        scope = "" if cohort is None else " in this cohort"
        raise UserError(
            f"There is no pair {number}{scope}. Nothing was changed.",
            "To list the pairs, run `sensei pair show`.",
        )
    state = next_state(action, pair.state)
    if state is None:
        raise UserError(
            f"{describe_pair(tx, pair)} {describe_state(pair.state)}. Nothing was changed.",
            next_step(pair.state),
        )
    return pair, state


def require_own_pair(tx: Tx, number: int, sensei: str) -> Pair:
    """Return a sensei's pair.

    Raises:
        UserError: the pair belongs to another sensei.
    """
    pair = tx.pairings.get(number)
    if pair is None or pair.sensei != sensei:
        raise UserError(
            "You aren't the sensei of that pair. Nothing was changed.",
            "To see your pairs, use `/dojo status`.",
        )
    return pair


def describe_pair(tx: Tx, pair: Pair) -> str:
    """Return a pair's names, for the start of a sentence."""
    names = names_of(tx, pair.cohort)
    return f"The pair of {one_line(names[pair.participant])} and {one_line(names[pair.sensei])}"
