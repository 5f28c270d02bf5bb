"""Who may see or change which decision, checked again for every command, click and form.

A participant sees all their own. Their sensei sees those that they have confirmed, the private ones too, but
no drafts. A refusal is the same whether or not the decision exists.
"""

from collections.abc import Mapping, Sequence

from bot.domain.chat.events import Acted, Click
from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import ShownDecision, is_author
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pull_requests.records import Capstone
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock, participants_of

_FOR_SENSEIS = frozenset({DecisionState.CONFIRMED, DecisionState.SUPERSEDED})


def list_own_capstones(tx: Tx, actor: Actor) -> list[Capstone]:
    """List the actor's active capstones, in the cohorts where they are a participant."""
    if actor.person is None:
        return []
    return [
        capstone
        for capstone in tx.capstones.by_participant(actor.person)
        if is_allowed(Action.DECISION_SEE, actor.roles(capstone.cohort), Relation.OWN)
    ]


def list_own(tx: Tx, actor: Actor) -> list[ShownDecision]:
    """List the actor's own decisions, in every state, by capstone and number."""
    if actor.person is None:
        return []
    return _list_written_by(tx, actor.person, list_own_capstones(tx, actor), is_own=True)


def list_theirs(tx: Tx, actor: Actor, person: str, cohort: int, clock: Clock) -> list[ShownDecision]:
    """List what the actor may see, as their sensei or deputy, of a participant's decisions in a cohort."""
    if actor.person is None or not is_allowed(Action.DECISION_SEE, actor.roles(cohort), Relation.THEIRS):
        return []
    if person not in participants_of(tx, actor.person, cohort, clock()):
        return []
    capstones = [found for found in tx.capstones.by_participant(person) if found.cohort == cohort]
    shown = _list_written_by(tx, person, capstones, is_own=False)
    return [found for found in shown if found.decision.state in _FOR_SENSEIS]


def find_own(tx: Tx, actor: Actor, decision: int | None) -> ShownDecision:
    """Return one of the actor's own decisions.

    Raises:
        UserError: it isn't theirs, or doesn't exist.
    """
    found = next((shown for shown in list_own(tx, actor) if shown.decision.id == decision), None)
    if found is None:
        raise UserError(
            "I can't find this decision among yours. Nothing was changed.",
            "`/dojo decisions` lists your decisions.",
        )
    return found


def find_visible(tx: Tx, actor: Actor, decision: int | None, clock: Clock) -> ShownDecision:
    """Return a decision that the actor may see: their own, or one of their participants'.

    Raises:
        UserError: they may not see it, or it doesn't exist.
    """
    own = next((shown for shown in list_own(tx, actor) if shown.decision.id == decision), None)
    found = own or _find_theirs(tx, actor, decision, clock)
    if found is None:
        raise UserError(
            "I can't show you this decision.", "`/dojo decisions` lists the decisions that you can see."
        )
    return found


def clicked_decision(acted: Acted) -> int | None:
    """Return the id of the decision that a button is about, or None if its value isn't an id."""
    value = acted.value if isinstance(acted, Click) else None
    return parse_number(value) if isinstance(value, str) else None


def _find_theirs(tx: Tx, actor: Actor, decision: int | None, clock: Clock) -> ShownDecision | None:
    stored = tx.decisions.find(decision) if decision is not None else None
    if stored is None:
        return None
    capstone = tx.capstones.get(stored.capstone)
    person = stored.person or tx.members.by_host_account(capstone.participant.id)
    theirs = list_theirs(tx, actor, person, capstone.cohort, clock) if person else []
    return next((shown for shown in theirs if shown.decision.id == stored.id), None)


def _list_written_by(
    tx: Tx, person: str, capstones: Sequence[Capstone], *, is_own: bool
) -> list[ShownDecision]:
    """List a participant's decisions. Without a known author, a decision is its capstone's participant's."""
    names: Mapping[int, str] = {capstone.id: capstone.full_name for capstone in capstones}
    return [
        ShownDecision(decision, names[decision.capstone], is_own)
        for decision in (tx.decisions.by_person(person) if names else ())
        if decision.capstone in names and is_author(decision, person)
    ]
