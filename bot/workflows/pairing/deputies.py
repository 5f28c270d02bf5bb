"""Who stands in for a sensei on holiday: found beforehand, told at its beginning and at its end.

Mornings are the absent sensei's: their first hour of work on the first day, and on the day after the last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import Absence, CohortRole
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.pairing.deputies import Deputy, find_deputies
from bot.domain.pairing.records import OPERATOR
from bot.domain.pairing.states import PairState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json, Steps
from bot.ports.store import Job, Store, Tx
from bot.rendering.pairing import explanations as words
from bot.rendering.pairing import slack
from bot.workflows.chat import outbox
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form
from bot.workflows.chat.home_refresh import refresh_home, refresh_homes_with_leads
from bot.workflows.pairing import lifecycle
from bot.workflows.pairing.eligibility import read_rows
from bot.workflows.pairing.visibility import find_member

STANDS_IN, BACK, CHOSEN = "pairing.stands_in", "pairing.back", "pairing.deputy"


def rank_deputies(tx: Tx, cohort: int, sensei: str, first: date, last: date) -> tuple[Deputy, ...]:
    """Rank who could stand in for a sensei in some days, the best first."""
    known = read_rows(tx, cohort)
    away = {
        one.sensei for one in tx.members.absences(cohort, first) if one.first <= last and one.sensei != sensei
    }
    mine = [participant for participant, theirs in known.standing().items() if theirs == sensei]
    return find_deputies(known.problem(first, current=known.standing()), sensei, mine, away)


def find_deputy(tx: Tx, cohort: int, sensei: str, first: date, last: date) -> str | None:
    """Return who can best stand in; None where nobody can for anybody, or there is nobody to stand in for.

    Nobody is sent unasked to somebody with whom they must not be paired: that a lead may choose.
    """
    mine = {it.participant for it in tx.pairings.going_on(cohort) if it.sensei == sensei}
    forbidden = tx.members.forbidden(cohort)
    able = (
        one
        for one in rank_deputies(tx, cohort, sensei, first, last)
        if not any((person, one.sensei) in forbidden for person in mine)
    )
    best = next(able, None)
    return best.sensei if best and len(best.barred) < max(len(mine), 1) else None


def announce_absence(tx: Tx, cohort: int, absence: int, at: datetime) -> None:
    """Let leads hear of a holiday now, and those whom it concerns at its beginning and at its end."""
    it = next((one for one in tx.members.absences(cohort, at.date()) if one.id == absence), None)
    if it is None:
        return
    about: Json = {"cohort": cohort, "sensei": it.sensei, "first": it.first.isoformat()}
    stamp = int(at.timestamp() * 1000)
    for lead in lifecycle.leads_of(tx, cohort):
        key = f"{CHOSEN}:{it.id}:{stamp}:{lead.person}"
        begun = it.first <= at.date()
        outbox.send_message(tx, key, CHOSEN, {**about, "lead": lead.person, "begun": begun}, at)
    for which, day in (("begins", it.first), ("ends", it.last + timedelta(days=1))):
        due = max(_morning(tx, it.sensei, cohort, day), at)
        identity = f"pairing.away:{it.id}:{which}:{day}:{stamp}"
        tx.jobs.add(Job(identity, "pairing.away", {**about, "which": which, "day": day.isoformat()}, due))


def _morning(tx: Tx, sensei: str, cohort: int, day: date) -> datetime:
    mine = find_member(tx, sensei, cohort, CohortRole.SENSEI)
    zone, begins = ("UTC", 9 * 60)
    if mine and mine.profile:
        zone, begins = mine.profile.hours.time_zone, mine.profile.hours.begins
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        where = ZoneInfo("UTC")
    moment = datetime.combine(day, time(begins // 60, begins % 60), where)
    return moment.astimezone(UTC)


def end_pairs_and_deputies(tx: Tx, person: str, cohort: int, at: datetime) -> None:
    """End the pairs of who has paused or left, and look for others who stand in where they would have."""
    lifecycle.end_pairs_of(tx, person, cohort, at)
    for it in tx.members.absences(cohort, at.date()):
        if it.deputy != person:
            continue
        other = find_deputy(tx, cohort, it.sensei, it.first, it.last)
        made = tx.members.absent(cohort, it.sensei, it.first, it.last, other)
        tx.audit(OPERATOR, "absence.deputy", f"absence:{made}", deputy=other)
        announce_absence(tx, cohort, made, at)
        refresh_homes_with_leads(tx, cohort, [it.sensei, *([other] if other else [])], at)


@dataclass(frozen=True)
class DeputyNotices:
    """The workflow ``pairing.away``."""

    store: Store
    now: Callable[[], datetime]

    def away(self, steps: Steps, argument: Json) -> Json:
        """Tell participants and deputy that a holiday begins, or has ended, unless it was taken back."""
        return steps.tx("tell", lambda tx: self._tell(tx, argument))

    def _tell(self, tx: Tx, argument: Json) -> Json:
        it = _absence(tx, argument)
        begins = argument["which"] == "begins"
        if it is None or argument["day"] != (it.first if begins else it.last + timedelta(days=1)).isoformat():
            return {"outcome": "not wanted"}
        kind, at = STANDS_IN if begins else BACK, self.now()
        for person in (*_participants(tx, it, argument["cohort"]), *([it.deputy] if it.deputy else [])):
            about = {name: argument[name] for name in ("cohort", "sensei", "first")}
            # A holiday that was entered anew with the same days and deputy is the same holiday.
            key = f"{kind}:{it.id}:{it.last}:{(it.deputy or '')[:12]}:{person}"
            outbox.send_message(tx, key, kind, {**about, "person": person}, at)
            refresh_home(tx, person, at)
        return {"outcome": "told"}


def _absence(tx: Tx, about: Json) -> Absence | None:
    first = date.fromisoformat(about["first"])
    return next(
        (
            one
            for one in tx.members.absences(about["cohort"], first)
            if one.sensei == about["sensei"] and one.first == first
        ),
        None,
    )


def _participants(tx: Tx, it: Absence, cohort: int) -> list[str]:
    return [
        pair.participant
        for pair in tx.pairings.going_on(cohort)
        if pair.sensei == it.sensei and pair.state is PairState.ACTIVE and pair.participant != it.deputy
    ]


# -- in the chat


def _open(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    cohort, it = _named(tx, actor, argument)
    names = lifecycle.names_of(tx, cohort)
    best = rank_deputies(tx, cohort, it.sensei, it.first, it.last)
    options = [(one.sensei, words.deputy(one, names)) for one in best]
    return slack.deputy_form(names[it.sensei], options, argument)


def _save(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    if not isinstance(acted, Submission):
        return
    cohort, it = _named(tx, actor, acted.metadata)
    deputy = acted.text(slack.WITH)
    if deputy not in {one.sensei for one in rank_deputies(tx, cohort, it.sensei, it.first, it.last)}:
        raise UserError("They cannot stand in any more. Nothing was changed.", "Choose somebody else.")
    made = tx.members.absent(cohort, it.sensei, it.first, it.last, deputy)
    tx.audit(actor.person or "", "absence.deputy", f"absence:{made}", deputy=deputy)
    announce_absence(tx, cohort, made, clock())
    refresh_homes_with_leads(tx, cohort, [it.sensei, deputy, *_participants(tx, it, cohort)], clock())


def _named(tx: Tx, actor: Actor, argument: str) -> tuple[int, Absence]:
    cohort, _, rest = argument.partition(" ")
    sensei, _, first = rest.partition(" ")
    number = parse_number(cohort) or 0
    if not is_allowed(Action.ABSENCE_EDIT, actor.roles(number), Relation.OTHER):
        raise refusal(actor)
    try:
        it = _absence(tx, {"cohort": number, "sensei": sensei, "first": first})
    except ValueError:  # a day that nobody wrote here
        it = None
    if it is None:
        raise UserError("That holiday was taken back. Nothing was changed.", "`/dojo away` enters one.")
    return number, it


def _chosen_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = _absence(tx, about)
    if it is None or all(lead.person != about["lead"] for lead in lifecycle.leads_of(tx, about["cohort"])):
        return None
    names = lifecycle.names_of(tx, about["cohort"])
    value = f"{about['cohort']} {it.sensei} {it.first}"
    deputy = names[it.deputy] if it.deputy else None
    days = (_day(it.first), _day(it.last))
    return AddressedMessage(
        (about["lead"],), slack.deputy_chosen(names[it.sensei], deputy, days, value, begun=about["begun"])
    )


def _stands_in_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = _absence(tx, about)
    if it is None:
        return None
    names = lifecycle.names_of(tx, about["cohort"])
    alone = not it.deputy or (about["person"], it.deputy) in tx.members.forbidden(about["cohort"])
    reader = "deputy" if about["person"] == it.deputy else "alone" if alone else "participant"
    deputy = names[it.deputy] if it.deputy else ""
    return AddressedMessage(
        (about["person"],), slack.stands_in(names[it.sensei], deputy, _day(it.last), reader=reader)
    )


def _back_words(tx: Tx, about: Json) -> AddressedMessage | None:
    it = _absence(tx, about)
    if it is None:
        return None
    names = lifecycle.names_of(tx, about["cohort"])
    return AddressedMessage(
        (about["person"],), slack.is_back(names[it.sensei], to_deputy=about["person"] == it.deputy)
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


FEATURE = Feature(
    buttons={"pairing.deputy": Button(Action.ABSENCE_EDIT, opens="pairing.deputy")},
    forms={"pairing.deputy": Form(Action.ABSENCE_EDIT, _open, _save)},
    words={STANDS_IN: _stands_in_words, BACK: _back_words, CHOSEN: _chosen_words},
)
