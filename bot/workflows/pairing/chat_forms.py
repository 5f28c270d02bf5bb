"""The pairing forms in the chat: swap, end, veto, and asking for another sensei."""

from collections.abc import Mapping

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairAction, PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.pairing import slack_forms
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.pairing import endings, lifecycle
from bot.workflows.pairing.chat_permissions import require_lead, require_pair, too_old
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.lookups import names_of, require_action, require_own_pair, show_person
from bot.workflows.pairing.own_pairs import has_role, require_impartial_swap, require_visible
from bot.workflows.pairing.shown_pairs import swap_choices

_PAIRED = (CohortRole.PARTICIPANT, CohortRole.SENSEI)


def open_swap(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    """Ask a lead for another sensei."""
    pair = _require_pair_for(tx, argument, PairAction.SWAP, actor)
    names = names_of(tx, pair.cohort)
    lead = actor.person or ""
    require_impartial_swap(lead, pair, "")
    choices = swap_choices(PairChecks(tx, pair.cohort, clock().date()), pair, names, lead)
    return slack_forms.swap_form(
        show_person(tx, names, pair.participant),
        show_person(tx, names, pair.sensei),
        pair.fit,
        choices,
        str(pair.id),
        is_partial=any(has_role(tx, lead, pair.cohort, role) for role in _PAIRED),
    )


def check_swap(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if the chosen swap has since become forbidden."""
    pair = require_pair(tx, sent)
    lead = require_lead(actor, Action.PAIR_CHANGE, pair.cohort)
    require_visible(pair, lead)
    kind, _, chosen = sent.text(slack_forms.WITH).partition(" ")
    checks = PairChecks(tx, pair.cohort, clock().date())
    try:
        if kind == "s":
            require_impartial_swap(lead, pair, chosen)
            checks.require_free_sensei(pair.participant, chosen)
        elif (other := tx.pairings.get(parse_number(chosen) or 0)) and other.cohort == pair.cohort:
            require_impartial_swap(lead, pair, other.sensei, other)
            checks.require_unbarred(pair.participant, other.sensei)
            checks.require_unbarred(other.participant, pair.sensei)
    except UserError as error:
        return {slack_forms.WITH: error.what}
    return {}


def swap(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Swap a pair's sensei for another sensei, or for the sensei of another pair."""
    if not isinstance(acted, Submission):
        return
    pair = require_pair(tx, acted)
    lead = require_lead(actor, Action.PAIR_CHANGE, pair.cohort)
    require_visible(pair, lead)
    kind, _, chosen = acted.text(slack_forms.WITH).partition(" ")
    if kind == "s":
        require_impartial_swap(lead, pair, chosen)
        lifecycle.swap_sensei(tx, pair.id, chosen, lead, clock())
    elif (other := parse_number(chosen)) is not None:
        if found := tx.pairings.get(other):
            require_impartial_swap(lead, pair, found.sensei, found)
        lifecycle.swap_pairs(tx, pair.id, other, lead, clock())
    else:
        raise too_old()


def open_end(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask a lead why they are ending a pair."""
    pair = _require_pair_for(tx, argument, PairAction.END, actor)
    names = names_of(tx, pair.cohort)
    participant, sensei = show_person(tx, names, pair.participant), show_person(tx, names, pair.sensei)
    return slack_forms.end_form(participant, sensei, str(pair.id))


def end(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """End a pair on behalf of a lead."""
    pair = require_pair(tx, acted)
    lead = require_lead(actor, Action.PAIR_CHANGE, pair.cohort)
    require_visible(pair, lead)
    endings.end(tx, pair.id, _reason_in(acted), lead, clock())


def open_veto(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask a sensei why they are turning a participant down."""
    pair = _require_pair_for(tx, argument, PairAction.VETO, actor)
    return slack_forms.veto_form(show_person(tx, names_of(tx, pair.cohort), pair.participant), str(pair.id))


def veto(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Turn a pair down on behalf of its sensei."""
    pair = require_pair(tx, acted)
    lifecycle.veto(tx, pair.id, _reason_in(acted), actor.person or "", clock())


def open_change(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask a participant why they would like another sensei."""
    pair = tx.pairings.get(parse_number(argument) or 0)
    if pair is None or pair.participant != actor.person:
        raise refusal(actor)
    _require_active(pair)
    return slack_forms.change_form(show_person(tx, names_of(tx, pair.cohort), pair.sensei), str(pair.id))


def change(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Give a participant another sensei."""
    pair = require_pair(tx, acted)
    if pair.participant != actor.person or not isinstance(acted, Submission):
        raise refusal(actor)
    _require_active(pair)
    endings.change(tx, pair.participant, pair.cohort, _reason_in(acted), clock())


def _require_active(pair: Pair) -> None:
    if pair.state is not PairState.ACTIVE:
        raise UserError(
            "That pair has already ended. Nothing was changed.", "To see your current pair, use `/dojo pair`."
        )


def require_reason(_tx: Tx, _actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if it is empty."""
    if _reason_in(sent):
        return {}
    return {slack_forms.WHY: "Please give a reason in a few words. Your reason helps to find a better match."}


def _reason_in(acted: Acted) -> str:
    return acted.text(slack_forms.WHY) if isinstance(acted, Submission) else ""


def _require_pair_for(tx: Tx, argument: str, action: PairAction, actor: Actor) -> Pair:
    """Return the pair for a form, if the action is still possible.

    Permission is checked first, because the error for an impossible action names the two people.

    Raises:
        UserError: the action isn't possible, or the actor is neither a lead nor (for a veto) the sensei.
    """
    number = parse_number(argument) or 0
    if action is PairAction.VETO:
        require_own_pair(tx, number, actor.person or "")
    elif pair := tx.pairings.get(number):
        require_visible(pair, require_lead(actor, Action.PAIR_CHANGE, pair.cohort))
    return require_action(tx, number, action)[0]
