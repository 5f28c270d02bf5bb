"""Tells people about senseis' holidays: that one starts or ends, that the deputy changes, that it is removed.

Announcements are sent at the start of the absent sensei's working hours, on the first day and on the day
after the last. Each lead has one message about a holiday, which always shows the present deputy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import Absence, CohortRole
from bot.domain.pairing.states import PairState
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.pairing import slack_deputies
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.dojo.cohort_roles import is_lead, leads_of
from bot.workflows.pairing.deadlines import extend_deadlines_of
from bot.workflows.pairing.lookups import find_enrolment, names_of, pair_of
from bot.workflows.triage.deliveries import deliver_again

STANDS_IN, BACK, CHOSEN = "pairing.stands_in", "pairing.back", "pairing.deputy"
CHANGED, REMOVED = "pairing.deputy_changed", "pairing.away_removed"
_A_DAY = timedelta(days=1)


def announce_absence(tx: Tx, cohort: int, number: int, at: datetime, former: Absence | None = None) -> None:
    """Tell leads about a holiday now, and the participants and deputy when it starts and ends.

    ``former`` is the same holiday before this change. If its deputy was another one, they are told now.
    """
    absence = next((found for found in tx.absences.not_over(cohort, at) if found.id == number), None)
    if absence is None:
        return
    before = former.deputy if former else None
    _announce(tx, cohort, absence, before, at)
    if before not in {None, absence.deputy}:
        _tell_of_change(tx, cohort, absence, before, [before or ""], at)


def _announce(tx: Tx, cohort: int, absence: Absence, before: str | None, at: datetime) -> None:
    """Tell leads and schedule the news. ``before`` is the deputy before this change, if there was one."""
    extend_deadlines_of(tx, absence.sensei, cohort, at)
    _tell_leads(tx, cohort, absence, at)
    _schedule_news(tx, cohort, absence, before, at)


def announce_choice(tx: Tx, cohort: int, former: Absence, lead: str, at: datetime) -> None:
    """Announce the deputy whom a lead has just chosen, to the absent sensei too, unless they are the lead."""
    absence = _find_by_id(tx, cohort, former)
    if absence is None:
        return
    announce_absence(tx, cohort, absence.id, at, former)
    if absence.sensei != lead:
        _tell_of_change(tx, cohort, absence, former.deputy, [absence.sensei], at)


def announce_loss(tx: Tx, cohort: int, former: Absence, at: datetime) -> None:
    """Announce the present deputy of a holiday whose deputy has paused or left, who knows of it."""
    absence = _find_by_id(tx, cohort, former)
    if absence is None:
        return
    _announce(tx, cohort, absence, former.deputy, at)
    leads = (lead.person for lead in leads_of(tx, cohort) if lead.person != former.deputy)
    readers = dict.fromkeys([absence.sensei, *leads])
    _tell_of_change(tx, cohort, absence, former.deputy, list(readers), at, lost=True)


def announce_removal(tx: Tx, cohort: int, absence: Absence, at: datetime) -> None:
    """Tell people who knew of a holiday that its sensei has removed it. Its row is already gone."""
    _rewrite_for_leads(tx, cohort, absence, at)
    # Before the morning, the participants and the deputy have not been told yet.
    told = _find_morning(tx, absence.sensei, cohort, absence.first) <= at
    for person in _list_concerned(tx, absence, cohort) if absence.has_begun(at) else ():
        about = {"cohort": cohort, "sensei": absence.sensei, "person": person, "deputy": absence.deputy}
        if told:
            send_message(tx, f"{REMOVED}:{absence.id}:{person}", REMOVED, about, at)
        refresh_home(tx, person, at)
    if absence.has_begun(at):
        deliver_again(tx, cohort, participants_of(tx, absence, cohort), at)


def _tell_leads(tx: Tx, cohort: int, absence: Absence, at: datetime) -> None:
    """Send each lead the message about a holiday, or rewrite it if it was sent before."""
    for lead, about in _list_lead_messages(tx, cohort, absence, at):
        send_message(tx, _address_lead(absence.id, lead), CHOSEN, about, at)
    _rewrite_for_leads(tx, cohort, absence, at)


def _rewrite_for_leads(tx: Tx, cohort: int, absence: Absence, at: datetime) -> None:
    """Show the present state of a holiday in the messages that leads have about it."""
    for lead, about in _list_lead_messages(tx, cohort, absence, at):
        key = _address_lead(absence.id, lead)
        if _was_sent(tx, key):
            rewrite_message(tx, key, CHOSEN, about, at)


def _list_lead_messages(tx: Tx, cohort: int, absence: Absence, at: datetime) -> Iterator[tuple[str, Json]]:
    """Yield each lead, and the content of their message about a holiday."""
    for lead in leads_of(tx, cohort):
        about: Json = {
            **_identify(cohort, absence),
            "last": absence.last.isoformat(),
            "absence": absence.id,
            "lead": lead.person,
            "begun": absence.has_begun(at),
            "over": absence.is_over(at),
        }
        yield lead.person, about


def _identify(cohort: int, absence: Absence) -> Json:
    return {"cohort": cohort, "sensei": absence.sensei, "first": absence.first.isoformat()}


def _address_lead(absence: int, lead: str) -> str:
    """Return the key of a lead's message about a holiday. A holiday that is entered again has a new id."""
    return f"{CHOSEN}:{absence}:{lead}"


def _was_sent(tx: Tx, key: str) -> bool:
    tried, _ = tx.effects.find(f"message:{key}")
    return tried


def _schedule_news(tx: Tx, cohort: int, absence: Absence, before: str | None, at: datetime) -> None:
    """Tell the participants and the deputy when a holiday starts and ends, or now if it has started."""
    stamp = int(at.timestamp() * 1000)
    for which, day in (("begins", absence.first), ("ends", absence.last + timedelta(days=1))):
        due = max(_find_morning(tx, absence.sensei, cohort, day), at)
        argument: dict[str, Any] = {**_identify(cohort, absence), "which": which, "day": day.isoformat()}
        if due == at:
            # People who have heard of this holiday need to hear of the change.
            argument |= {"change": stamp, "before": before}
        waiting = f"pairing.away:{absence.id}:{which}:"
        tx.jobs.replace(waiting, Job(f"{waiting}{day}:{stamp}", "pairing.away", argument, due))


def _tell_of_change(  # noqa: PLR0913, PLR0917 - who is told what
    tx: Tx,
    cohort: int,
    absence: Absence,
    former: str | None,
    readers: list[str],
    at: datetime,
    *,
    lost: bool = False,
) -> None:
    about: Json = {
        **_identify(cohort, absence),
        "former": former,
        "deputy": absence.deputy,
        "lost": lost,
        "told": _find_morning(tx, absence.sensei, cohort, absence.first) <= at,
    }
    change = f"{(former or '')[:12]}:{(absence.deputy or '')[:12]}:{int(at.timestamp() * 1000)}"
    for person in readers:
        key = f"{CHANGED}:{absence.id}:{change}:{person}"
        send_message(tx, key, CHANGED, {**about, "person": person}, at)
        refresh_home(tx, person, at)


def _find_morning(tx: Tx, sensei: str, cohort: int, day: date) -> datetime:
    """Return when a sensei's working hours start on a day: 9:00 UTC if they have no profile."""
    member = find_enrolment(tx, sensei, cohort, CohortRole.SENSEI)
    name, begins = ("UTC", 9 * 60)
    if member and member.profile:
        name, begins = member.profile.hours.time_zone, member.profile.hours.begins
    moment = datetime.combine(day, time(begins // 60, begins % 60), load_zone(name))
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class DeputyNotices:
    """The workflow ``pairing.away``."""

    store: Store
    now: Callable[[], datetime]

    def away(self, steps: Steps, argument: Json) -> Json:
        """Tell participants and deputy that a holiday is starting or has ended, unless it was cancelled."""
        return steps.tx("tell", lambda tx: self._tell(tx, argument))

    def _tell(self, tx: Tx, argument: Json) -> Json:
        absence = find_absence(tx, argument)
        if absence is None:
            return {"outcome": "not wanted"}
        begins = argument["which"] == "begins"
        day = absence.first if begins else absence.last + timedelta(days=1)
        if argument["day"] != day.isoformat():
            return {"outcome": "not wanted"}
        if _is_superseded(tx, absence, argument):
            return {"outcome": "not wanted"}
        kind, at = STANDS_IN if begins else BACK, self.now()
        # Once the sensei is back, nobody needs to hear that they are away.
        until = _find_morning(tx, absence.sensei, argument["cohort"], absence.last + _A_DAY)
        for person in _list_concerned(tx, absence, argument["cohort"]):
            about = {name: argument[name] for name in ("cohort", "sensei", "first")}
            key = _address_news(tx, kind, absence, person, argument)
            about["person"] = person
            if begins and argument.get("before"):  # it corrects what they were told
                send_message(tx, key, kind, about, at)
            else:
                send_unprompted(tx, Feature.DEPUTY_NEWS, key, kind, about, at, until if begins else None)
            refresh_home(tx, person, at)
        _rewrite_for_leads(tx, argument["cohort"], absence, at)
        deliver_again(tx, argument["cohort"], participants_of(tx, absence, argument["cohort"]), at)
        return {"outcome": "told"}


def _is_superseded(tx: Tx, absence: Absence, argument: Json) -> bool:
    """Return whether a newer job will tell people about this change, so that they read it once."""
    if "change" not in argument:
        return False
    prefix = f"pairing.away:{absence.id}:{argument['which']}:"
    return any(
        job != f"{prefix}{argument['day']}:{argument['change']}" for job in tx.jobs.list_waiting(prefix)
    )


def _address_news(tx: Tx, kind: str, absence: Absence, person: str, argument: Json) -> str:
    """Return the key of a message that a holiday starts or ends, which names what the message says.

    A change during the holiday has a key of its own, since people may go back to a deputy whom they had
    before. But people who had no deputy and still have none read nothing new.
    """
    cohort, key = argument["cohort"], f"{kind}:{absence.id}:{absence.last}"
    alone = _is_alone(tx, cohort, person, absence.deputy)
    shown = "" if alone else (absence.deputy or "")[:12]
    change = argument.get("change") if kind == STANDS_IN else None
    is_news = change and not (alone and _is_alone(tx, cohort, person, argument["before"]))
    return f"{key}:{shown}:{change}:{person}" if is_news else f"{key}:{shown}:{person}"


def _is_alone(tx: Tx, cohort: int, person: str, deputy: str | None) -> bool:
    """Return whether there is no deputy for a participant, or one with whom they must not be paired."""
    return not deputy or (person, deputy) in tx.never_pairs.forbidden(cohort)


def find_absence(tx: Tx, about: Json) -> Absence | None:
    """Return the holiday of a ``sensei`` in a ``cohort`` that starts on the day ``first``, if there is one.

    Raises:
        ValueError: ``first`` is not an ISO date.
    """
    first = date.fromisoformat(about["first"])
    return next(
        (
            absence
            for absence in tx.absences.ending_since(about["cohort"], first)
            if absence.sensei == about["sensei"] and absence.first == first
        ),
        None,
    )


def _find_by_id(tx: Tx, cohort: int, former: Absence) -> Absence | None:
    """Return a holiday as it is now."""
    return find_absence(tx, _identify(cohort, former))


def participants_of(tx: Tx, absence: Absence, cohort: int) -> list[str]:
    """Return the participants of an absent sensei, excluding the deputy."""
    return [
        pair.participant
        for pair in tx.pairings.ongoing(cohort)
        if pair.sensei == absence.sensei
        and pair.state is PairState.ACTIVE
        and pair.participant != absence.deputy
    ]


def _list_concerned(tx: Tx, absence: Absence, cohort: int) -> list[str]:
    """Return the participants of an absent sensei, and the deputy."""
    return [*participants_of(tx, absence, cohort), *([absence.deputy] if absence.deputy else [])]


def is_own_sensei(tx: Tx, lead: str, cohort: int, sensei: str) -> bool:
    """Return whether an absent sensei is the lead's own.

    Such a lead would learn with whom they must not be paired: that sensei doesn't stand in for them.
    """
    pair = pair_of(tx, lead, cohort)
    return pair is not None and pair.sensei == sensei


def _write_chosen(tx: Tx, about: Json) -> AddressedMessage | None:
    lead, cohort, sensei = about["lead"], about["cohort"], about["sensei"]
    if not is_lead(tx, lead, cohort) or is_own_sensei(tx, lead, cohort, sensei):
        return None
    absence, names = find_absence(tx, about), names_of(tx, cohort)
    if absence is None:
        # Only a message that was sent needs to say that the holiday is gone.
        if "last" not in about or not _was_sent(tx, _address_lead(about["absence"], lead)):
            return None
        days = tuple(_format_day(date.fromisoformat(about[name])) for name in ("first", "last"))
        return AddressedMessage((lead,), slack_deputies.absence_removed(names[sensei], (days[0], days[1])))
    message = slack_deputies.deputy_chosen(
        names[sensei],
        names[absence.deputy] if absence.deputy else None,
        (_format_day(absence.first), _format_day(absence.last)),
        f"{cohort} {sensei} {absence.first}",
        begun=about["begun"],
        over=about.get("over", False),
    )
    return AddressedMessage((lead,), message)


def _write_changed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a former deputy, the absent sensei or a lead who the deputy is now."""
    absence, person, cohort = find_absence(tx, about), about["person"], about["cohort"]
    if absence is None or absence.deputy == person:
        return None
    reader = "sensei" if person == absence.sensei else "lead" if about["lost"] else "former"
    if reader != "former" and absence.deputy != about["deputy"]:
        return None  # a newer message says who it is now
    if reader == "lead" and (
        not is_lead(tx, person, cohort) or is_own_sensei(tx, person, cohort, absence.sensei)
    ):
        return None
    names = names_of(tx, cohort)
    former = names[about["former"]] if about["former"] else None
    deputy = names[absence.deputy] if absence.deputy else None
    days = (_format_day(absence.first), _format_day(absence.last))
    change = slack_deputies.DeputyChange(names[absence.sensei], former, deputy, days)
    if reader == "former":
        return AddressedMessage((person,), slack_deputies.no_longer_deputy(change, told=about["told"]))
    write = slack_deputies.deputy_lost if about["lost"] else slack_deputies.deputy_replaced
    return AddressedMessage((person,), write(change, to_sensei=reader == "sensei"))


def _write_stands_in(tx: Tx, about: Json) -> AddressedMessage | None:
    absence = find_absence(tx, about)
    if absence is None:
        return None
    names, person = names_of(tx, about["cohort"]), about["person"]
    alone = _is_alone(tx, about["cohort"], person, absence.deputy)
    reader = "deputy" if person == absence.deputy else "alone" if alone else "participant"
    deputy = names[absence.deputy] if absence.deputy else ""
    message = slack_deputies.deputy_begins(
        names[absence.sensei], deputy, _format_day(absence.last), reader=reader
    )
    return AddressedMessage((person,), message)


def _write_back(tx: Tx, about: Json) -> AddressedMessage | None:
    absence = find_absence(tx, about)
    if absence is None:
        return None
    names, person = names_of(tx, about["cohort"]), about["person"]
    message = slack_deputies.sensei_back(names[absence.sensei], to_deputy=person == absence.deputy)
    return AddressedMessage((person,), message)


def _write_removed(tx: Tx, about: Json) -> AddressedMessage | None:
    names, person = names_of(tx, about["cohort"]), about["person"]
    message = slack_deputies.back_early(names[about["sensei"]], to_deputy=person == about["deputy"])
    return AddressedMessage((person,), message)


def _format_day(day: date) -> str:
    return f"{day.day} {day:%B}"


WORDS: Mapping[str, Words] = {
    STANDS_IN: _write_stands_in,
    BACK: _write_back,
    CHOSEN: _write_chosen,
    CHANGED: _write_changed,
    REMOVED: _write_removed,
}
