"""Finds deputies for senseis on holiday, and lets leads choose others. ``absence_news`` announces them."""

from datetime import date, datetime

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import Absence, CohortRole
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.deputies import Deputy, find_deputies
from bot.domain.pairing.records import OPERATOR
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.pairing import slack_forms
from bot.rendering.pairing.explanations import describe_deputy
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import Button, Feature, Form
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.pairing import absence_news
from bot.workflows.pairing.eligibility import read_rows
from bot.workflows.pairing.endings import end_pairs_of
from bot.workflows.pairing.lookups import names_of
from bot.workflows.pairing.own_pairs import has_role


def rank_deputies(tx: Tx, cohort: int, sensei: str, first: date, last: date) -> tuple[Deputy, ...]:
    """Rank the possible deputies for a sensei during a holiday, best first."""
    rows = read_rows(tx, cohort)
    away = {
        absence.sensei
        for absence in tx.absences.ending_since(cohort, first)
        if absence.first <= last and absence.sensei != sensei
    }
    standing = rows.standing()
    participants = [participant for participant, theirs in standing.items() if theirs == sensei]
    return find_deputies(rows.problem(first, current=standing), sensei, participants, away)


def find_deputy(tx: Tx, cohort: int, sensei: str, first: date, last: date) -> str | None:
    """Return the best deputy, or None if no one can stand in for any participant.

    Senseis with whom one of the participants must not be paired are left out. Only a lead may choose them.
    """
    participants = {pair.participant for pair in tx.pairings.ongoing(cohort) if pair.sensei == sensei}
    forbidden = tx.never_pairs.forbidden(cohort)
    able = (
        deputy
        for deputy in rank_deputies(tx, cohort, sensei, first, last)
        if not any((participant, deputy.sensei) in forbidden for participant in participants)
    )
    best = next(able, None)
    return best.sensei if best and len(best.barred) < max(len(participants), 1) else None


def end_pairs_and_deputies(tx: Tx, person: str, cohort: int, at: datetime) -> None:
    """End the pairs of a person who has paused or left, and replace them as deputy."""
    end_pairs_of(tx, person, cohort, at)
    for absence in tx.absences.not_over(cohort, at):
        if absence.deputy != person:
            continue
        deputy = find_deputy(tx, cohort, absence.sensei, absence.first, absence.last)
        number = tx.absences.add(cohort, absence.sensei, absence.first, absence.last, deputy)
        tx.audit(OPERATOR, "absence.deputy", f"absence:{number}", deputy=deputy)
        absence_news.announce_loss(tx, cohort, absence, at)
        refresh_homes_with_leads(tx, cohort, [absence.sensei, *([deputy] if deputy else [])], at)


# -- in the chat


def _open_form(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    cohort, absence = _require_absence(tx, actor, argument)
    names = names_of(tx, cohort)
    ranked = rank_deputies(tx, cohort, absence.sensei, absence.first, absence.last)
    # What speaks against the lead as a deputy could be what a participant asked in confidence.
    options = [
        (deputy.sensei, describe_deputy(deputy, names)) for deputy in ranked if deputy.sensei != actor.person
    ]
    is_sensei = has_role(tx, actor.person or "", cohort, CohortRole.SENSEI)
    is_partial = is_sensei and actor.person != absence.sensei
    return slack_forms.deputy_form(names[absence.sensei], options, argument, is_partial=is_partial)


def _save(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    cohort, absence = _require_absence(tx, actor, acted.metadata)
    if absence not in tx.absences.not_over(cohort, clock()):
        raise UserError("That holiday is over. Nothing was changed.")
    chosen = acted.text(slack_forms.WITH)
    ranked = rank_deputies(tx, cohort, absence.sensei, absence.first, absence.last)
    if chosen == actor.person:
        raise UserError(
            "You can't choose yourself as the deputy, but another lead can choose you. Nothing was changed.",
            "Choose someone else.",
        )
    if chosen not in {deputy.sensei for deputy in ranked}:
        raise UserError(
            "That person can no longer be the deputy. Nothing was changed.", "Choose someone else."
        )
    if chosen == absence.deputy:
        raise UserError(
            "That person is already the deputy. Nothing was changed, and I sent no messages.",
            "To change the deputy, choose someone else.",
        )
    number = tx.absences.add(cohort, absence.sensei, absence.first, absence.last, chosen)
    tx.audit(actor.person or "", "absence.deputy", f"absence:{number}", deputy=chosen)
    absence_news.announce_choice(tx, cohort, absence, actor.person or "", clock())
    people = [absence.sensei, chosen, *absence_news.participants_of(tx, absence, cohort)]
    refresh_homes_with_leads(tx, cohort, people, clock())


def _require_absence(tx: Tx, actor: Actor, argument: str) -> tuple[int, Absence]:
    """Return the cohort and the holiday that a button or form is about.

    Raises:
        UserError: the actor may not edit it, or it was cancelled.
    """
    cohort, _, rest = argument.partition(" ")
    sensei, _, first = rest.partition(" ")
    number = parse_number(cohort) or 0
    if not is_allowed(Action.ABSENCE_EDIT, actor.roles(number), Relation.OTHER):
        raise refusal(actor)
    try:
        absence = absence_news.find_absence(tx, {"cohort": number, "sensei": sensei, "first": first})
    except ValueError:  # Sensei did not write this date
        absence = None
    if absence is None:
        raise UserError(
            "That holiday was cancelled. Nothing was changed.", "To enter a holiday, use `/dojo away`."
        )
    if absence_news.is_own_sensei(tx, actor.person or "", number, absence.sensei):
        raise UserError(
            "This is your own sensei's holiday, so another lead must choose the deputy. Nothing was changed.",
            "Your sensei can name a deputy too, with `/dojo away FIRST LAST @deputy`.",
        )
    return number, absence


FEATURE = Feature(
    buttons={"pairing.deputy": Button(Action.ABSENCE_EDIT, opens="pairing.deputy")},
    forms={"pairing.deputy": Form(Action.ABSENCE_EDIT, _open_form, _save, does="save the deputy")},
    words=absence_news.WORDS,
)
