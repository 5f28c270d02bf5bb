"""Checks who may act on which pair in the chat.

``bot.domain.dojo.permissions`` decides who may do what in the cohort of the pair. That cohort may differ from
the person's default one, because leads may have messages from several cohorts.
"""

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.records import Pair, Proposal
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, refusal

_START_AGAIN = "To start again, use `/dojo pair`."


def require_lead(actor: Actor, action: Action, cohort: int) -> str:
    """Return the lead who is acting.

    Raises:
        UserError: they may not do this in that cohort.
    """
    if actor.person is None or not is_allowed(action, actor.roles(cohort), Relation.COHORT):
        raise refusal(actor)
    return actor.person


def numbers_in(acted: Acted) -> tuple[int, ...]:
    """Return the numbers in a button's value or a form's metadata.

    Raises:
        UserError: there are none.
    """
    text = acted.value if isinstance(acted, Click) else None
    if isinstance(acted, Submission):
        text = acted.metadata
    parsed = (parse_number(word) for word in str(text or "").split())
    numbers = tuple(number for number in parsed if number is not None)
    if not numbers:
        raise too_old()
    return numbers


def too_old() -> UserError:
    """Return the error for a button whose value this version doesn't know."""
    return UserError("This button is too old. Nothing was changed.", _START_AGAIN)


def require_pair(tx: Tx, acted: Acted) -> Pair:
    """Return the pair that a button or form is about.

    Raises:
        UserError: the pair no longer exists.
    """
    pair = tx.pairings.get(numbers_in(acted)[0])
    if pair is None:
        raise UserError("That pair no longer exists. Nothing was changed.", _START_AGAIN)
    return pair


def require_proposal(tx: Tx, acted: Acted) -> Proposal:
    """Return the proposal that a button is about.

    Raises:
        UserError: the proposal no longer exists.
    """
    proposal = tx.pairings.get_proposal(numbers_in(acted)[0])
    if proposal is None:
        raise UserError("That proposal no longer exists. Nothing was changed.", _START_AGAIN)
    return proposal
