"""The forms and buttons of appeals: asking, naming a second sensei, and taking the request back."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.text.numbers import parse_number
from bot.domain.triage.records import WAITING_APPEALS
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.triage import slack_appeals
from bot.rendering.triage.slack_appeals import MOST_CANDIDATES, MOST_OF_A_REASON, REASON, RULING, SECOND
from bot.rendering.triage.slack_levels import is_appealable
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.triage import appeals
from bot.workflows.triage.appeal_contexts import AppealContext, list_leads, load_appeal
from bot.workflows.triage.appeal_messages import name_first, show_appeal
from bot.workflows.triage.own_levels import (
    LoadWords,
    find_own_ruling,
    find_zone,
    list_levels,
    list_own_capstones,
)
from bot.workflows.triage.second_senseis import list_candidates


@dataclass(frozen=True)
class AppealForms:
    """The forms' handlers."""

    load_words: LoadWords

    def open_appeal(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        """Ask a participant on which ruling they want a second opinion, and why."""
        chosen = find_own_ruling(tx, actor, argument) if argument else None
        if chosen is not None:
            appeals.require_appealable(tx, chosen)
        capstones = [capstone.id for capstone in list_own_capstones(tx, actor)]
        zone = find_zone(tx, actor.person or "", capstones[0]) if capstones else ""
        levels = [
            level for level in list_levels(tx, self.load_words, capstones, zone) if is_appealable(level)
        ]
        if not levels:
            raise UserError(
                "You currently have no ruling on which you can ask for a second opinion.",
                "Your Home tab shows your levels.",
            )
        return slack_appeals.appeal_form(levels, chosen.id if chosen else None)

    def check_appeal(self, tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
        """Return what is wrong with the form, by field. What was typed stays in it."""
        if not sent.text(RULING):
            return {RULING: "Please choose a ruling."}
        try:
            appeals.require_appealable(tx, find_own_ruling(tx, actor, sent.text(RULING)))
        except UserError as error:
            return {RULING: f"{error.what} {error.remedy}".strip()}
        reason = sent.text(REASON)
        if not reason:
            return {REASON: "Please say what the second sensei should look at. One sentence is enough."}
        if len(reason) > MOST_OF_A_REASON:
            return {
                REASON: f"Please shorten this to {MOST_OF_A_REASON:,} characters; it has {len(reason):,}."
            }
        return {}

    def save_appeal(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Store an appeal."""
        if isinstance(acted, Submission):
            ruling = find_own_ruling(tx, actor, acted.text(RULING))
            reason = acted.text(REASON)[:MOST_OF_A_REASON]
            appeals.ask_second_opinion(tx, actor.person or "", ruling, reason, clock())

    def open_assignment(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        """Ask a lead to name a second sensei."""
        context = require_waiting_appeal(tx, actor, argument)
        zone = find_zone(tx, actor.person or "", context.capstone.id)
        candidates = [(sensei.person, sensei.name) for sensei in list_candidates(tx, context.appeal)]
        return slack_appeals.assign_form(
            show_appeal(tx, context, self.load_words, zone),
            name_first(tx, context),
            candidates[:MOST_CANDIDATES],
            context.second or "",
            max(len(candidates) - MOST_CANDIDATES, 0),
        )


def check_assignment(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return what is wrong with the form, by field."""
    context = require_waiting_appeal(tx, actor, sent.metadata)
    if not sent.text(SECOND):
        return {SECOND: "Please choose a sensei."}
    if sent.text(SECOND) == context.second:
        return {SECOND: "This sensei has been asked already. Choose someone else, or close this form."}
    return {}


def save_assignment(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Store the second sensei whom a lead has named."""
    if isinstance(acted, Submission):
        context = require_waiting_appeal(tx, actor, acted.metadata)
        appeals.name_second(tx, actor.person or "", context, acted.text(SECOND), clock())


def check_take_back(tx: Tx, actor: Actor, click: Click, _clock: Clock) -> None:
    """Refuse to take back a request that is over, before the click is stored."""
    appeals.require_waiting(tx, find_own_ruling(tx, actor, _read_value(click)))


def take_back(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Take a request for a second opinion back."""
    ruling = find_own_ruling(tx, actor, _read_value(acted))
    appeals.take_back(tx, actor.person or "", ruling, clock())


def require_waiting_appeal(tx: Tx, actor: Actor, value: str) -> AppealContext:
    """Return the appeal for which a lead names a second sensei.

    Raises:
        UserError: they may not, or it doesn't wait any more.
    """
    context = load_appeal(tx, parse_number(value) or 0)
    if context is None or not is_allowed(
        Action.APPEAL_ASSIGN, actor.roles(context.capstone.cohort), Relation.COHORT
    ):
        raise refusal(actor)
    if context.appeal.state not in WAITING_APPEALS:
        raise UserError(
            "A second sensei has already ruled on this, or the request was taken back, so I haven't changed "
            "anything. You don't need to do anything."
        )
    if actor.person not in {lead.person for lead in list_leads(tx, context)}:
        raise UserError(
            "This is about your own ruling or your own capstone, so another lead must name the second "
            "sensei. I haven't changed anything.",
            "If there is no other lead, the person who runs Sensei can add one with `sensei cohort lead`.",
        )
    return context


def _read_value(acted: Acted) -> str:
    return acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
