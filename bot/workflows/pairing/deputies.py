"""Finds deputies for senseis on holiday, and announces when the holiday starts and ends.

Announcements are sent at the start of the absent sensei's working hours, on the first day and on the day
after the last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import Absence, CohortRole
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.deputies import Deputy, find_deputies
from bot.domain.pairing.records import OPERATOR
from bot.domain.pairing.states import PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.pairing import slack_forms, slack_messages
from bot.rendering.pairing.explanations import describe_deputy
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form
from bot.workflows.chat.home_refresh import refresh_home, refresh_homes_with_leads
from bot.workflows.dojo.cohort_roles import is_lead, leads_of
from bot.workflows.pairing.deadlines import extend_deadlines_of
from bot.workflows.pairing.eligibility import read_rows
from bot.workflows.pairing.endings import end_pairs_of
from bot.workflows.pairing.lookups import find_enrolment, names_of, pair_of
from bot.workflows.pairing.own_pairs import has_role

STANDS_IN, BACK, CHOSEN = "pairing.stands_in", "pairing.back", "pairing.deputy"


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


def announce_absence(tx: Tx, cohort: int, number: int, at: datetime) -> None:
    """Tell leads about a holiday now, and the participants and deputy when it starts and ends."""
    absence = next((found for found in tx.absences.not_over(cohort, at) if found.id == number), None)
    if absence is None:
        return
    extend_deadlines_of(tx, absence.sensei, cohort, at)
    about: Json = {"cohort": cohort, "sensei": absence.sensei, "first": absence.first.isoformat()}
    stamp = int(at.timestamp() * 1000)
    for lead in leads_of(tx, cohort):
        key = f"{CHOSEN}:{absence.id}:{stamp}:{lead.person}"
        told = {**about, "lead": lead.person, "begun": absence.has_begun(at)}
        outbox.send_message(tx, key, CHOSEN, told, at)
    for which, day in (("begins", absence.first), ("ends", absence.last + timedelta(days=1))):
        due = max(_find_morning(tx, absence.sensei, cohort, day), at)
        identity = f"pairing.away:{absence.id}:{which}:{day}:{stamp}"
        tx.jobs.add(Job(identity, "pairing.away", {**about, "which": which, "day": day.isoformat()}, due))


def _find_morning(tx: Tx, sensei: str, cohort: int, day: date) -> datetime:
    """Return when a sensei's working hours start on a day: 9:00 UTC if they have no profile."""
    member = find_enrolment(tx, sensei, cohort, CohortRole.SENSEI)
    name, begins = ("UTC", 9 * 60)
    if member and member.profile:
        name, begins = member.profile.hours.time_zone, member.profile.hours.begins
    moment = datetime.combine(day, time(begins // 60, begins % 60), load_zone(name))
    return moment.astimezone(UTC)


def end_pairs_and_deputies(tx: Tx, person: str, cohort: int, at: datetime) -> None:
    """End the pairs of a person who has paused or left, and replace them as deputy."""
    end_pairs_of(tx, person, cohort, at)
    for absence in tx.absences.not_over(cohort, at):
        if absence.deputy != person:
            continue
        deputy = find_deputy(tx, cohort, absence.sensei, absence.first, absence.last)
        number = tx.absences.add(cohort, absence.sensei, absence.first, absence.last, deputy)
        tx.audit(OPERATOR, "absence.deputy", f"absence:{number}", deputy=deputy)
        announce_absence(tx, cohort, number, at)
        refresh_homes_with_leads(tx, cohort, [absence.sensei, *([deputy] if deputy else [])], at)


@dataclass(frozen=True)
class DeputyNotices:
    """The workflow ``pairing.away``."""

    store: Store
    now: Callable[[], datetime]

    def away(self, steps: Steps, argument: Json) -> Json:
        """Tell participants and deputy that a holiday is starting or has ended, unless it was cancelled."""
        return steps.tx("tell", lambda tx: self._tell(tx, argument))

    def _tell(self, tx: Tx, argument: Json) -> Json:
        absence = _find_absence(tx, argument)
        if absence is None:
            return {"outcome": "not wanted"}
        begins = argument["which"] == "begins"
        day = absence.first if begins else absence.last + timedelta(days=1)
        if argument["day"] != day.isoformat():
            return {"outcome": "not wanted"}
        kind, at = STANDS_IN if begins else BACK, self.now()
        deputy = [absence.deputy] if absence.deputy else []
        for person in (*_participants_of(tx, absence, argument["cohort"]), *deputy):
            about = {name: argument[name] for name in ("cohort", "sensei", "first")}
            # A holiday entered again with the same last day and deputy counts as the same holiday.
            key = f"{kind}:{absence.id}:{absence.last}:{(absence.deputy or '')[:12]}:{person}"
            outbox.send_message(tx, key, kind, {**about, "person": person}, at)
            refresh_home(tx, person, at)
        return {"outcome": "told"}


def _find_absence(tx: Tx, about: Json) -> Absence | None:
    first = date.fromisoformat(about["first"])
    return next(
        (
            absence
            for absence in tx.absences.ending_since(about["cohort"], first)
            if absence.sensei == about["sensei"] and absence.first == first
        ),
        None,
    )


def _participants_of(tx: Tx, absence: Absence, cohort: int) -> list[str]:
    """Return the participants of an absent sensei, excluding the deputy."""
    return [
        pair.participant
        for pair in tx.pairings.ongoing(cohort)
        if pair.sensei == absence.sensei
        and pair.state is PairState.ACTIVE
        and pair.participant != absence.deputy
    ]


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
            "Another lead has to choose you as a deputy. Nothing was changed.", "Choose someone else."
        )
    if chosen not in {deputy.sensei for deputy in ranked}:
        raise UserError(
            "That person can no longer be the deputy. Nothing was changed.", "Choose someone else."
        )
    number = tx.absences.add(cohort, absence.sensei, absence.first, absence.last, chosen)
    tx.audit(actor.person or "", "absence.deputy", f"absence:{number}", deputy=chosen)
    announce_absence(tx, cohort, number, clock())
    people = [absence.sensei, chosen, *_participants_of(tx, absence, cohort)]
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
        absence = _find_absence(tx, {"cohort": number, "sensei": sensei, "first": first})
    except ValueError:  # Sensei did not write this date
        absence = None
    if absence is None:
        raise UserError(
            "That holiday was cancelled. Nothing was changed.", "To enter a holiday, use `/dojo away`."
        )
    if _is_own_sensei(tx, actor.person or "", number, absence):
        raise UserError(
            "This is your own sensei's holiday, so another lead chooses the deputy. Nothing was changed.",
            "Your sensei can name a deputy too, with `/dojo away FIRST LAST @deputy`.",
        )
    return number, absence


def _is_own_sensei(tx: Tx, lead: str, cohort: int, absence: Absence) -> bool:
    """Return whether an absent sensei is the lead's own.

    Such a lead would learn with whom they must not be paired: that sensei doesn't stand in for them.
    """
    pair = pair_of(tx, lead, cohort)
    return pair is not None and pair.sensei == absence.sensei


def _write_chosen(tx: Tx, about: Json) -> AddressedMessage | None:
    absence = _find_absence(tx, about)
    lead, cohort = about["lead"], about["cohort"]
    if absence is None or not is_lead(tx, lead, cohort) or _is_own_sensei(tx, lead, cohort, absence):
        return None
    names = names_of(tx, about["cohort"])
    message = slack_messages.deputy_chosen(
        names[absence.sensei],
        names[absence.deputy] if absence.deputy else None,
        (_format_day(absence.first), _format_day(absence.last)),
        f"{about['cohort']} {absence.sensei} {absence.first}",
        begun=about["begun"],
    )
    return AddressedMessage((about["lead"],), message)


def _write_stands_in(tx: Tx, about: Json) -> AddressedMessage | None:
    absence = _find_absence(tx, about)
    if absence is None:
        return None
    names, person = names_of(tx, about["cohort"]), about["person"]
    alone = not absence.deputy or (person, absence.deputy) in tx.never_pairs.forbidden(about["cohort"])
    reader = "deputy" if person == absence.deputy else "alone" if alone else "participant"
    deputy = names[absence.deputy] if absence.deputy else ""
    message = slack_messages.deputy_begins(
        names[absence.sensei], deputy, _format_day(absence.last), reader=reader
    )
    return AddressedMessage((person,), message)


def _write_back(tx: Tx, about: Json) -> AddressedMessage | None:
    absence = _find_absence(tx, about)
    if absence is None:
        return None
    names, person = names_of(tx, about["cohort"]), about["person"]
    message = slack_messages.sensei_back(names[absence.sensei], to_deputy=person == absence.deputy)
    return AddressedMessage((person,), message)


def _format_day(day: date) -> str:
    return f"{day.day} {day:%B}"


FEATURE = Feature(
    buttons={"pairing.deputy": Button(Action.ABSENCE_EDIT, opens="pairing.deputy")},
    forms={"pairing.deputy": Form(Action.ABSENCE_EDIT, _open_form, _save, does="save the deputy")},
    words={STANDS_IN: _write_stands_in, BACK: _write_back, CHOSEN: _write_chosen},
)
