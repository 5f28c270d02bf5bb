"""Adding and removing a person's holidays, whether by command or by form.

A sensei's holiday has a deputy and is announced. A participant's has none: Sensei only leaves them alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import Absence, CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import DojoRole
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.home_refresh import refresh_home, refresh_homes_with_leads
from bot.workflows.chat.outbox import send_message
from bot.workflows.dojo.member_messages import to_milliseconds

FindDeputy = Callable[[Tx, int, str, date, date], str | None]
"""Finds a deputy for a sensei in a cohort, given the first and last day of the holiday."""
AnnounceAbsence = Callable[[Tx, int, int, datetime, Absence | None], object]
"""Tells the people in a cohort who are affected by a sensei's absence.

Takes the absence's id, and the same absence before this change, if there was one.
"""
AnnounceRemoval = Callable[[Tx, int, Absence, datetime], object]
"""Tells the people in a cohort who know of an absence that its sensei has removed it."""

SAVED = "people.away"
LONGEST_DAYS = 60
MOST_ABSENCES = 10
"""Maximum future holidays per person. Each one of a sensei sends messages to the leads and the deputy."""


@dataclass(frozen=True)
class AbsenceChanges:
    """Stores holidays, and tells everyone whom they concern."""

    find_deputy: FindDeputy
    announce_absence: AnnounceAbsence
    announce_removal: AnnounceRemoval

    def add_plain(self, tx: Tx, cohort: int, person: str, days: tuple[date, date], at: datetime) -> None:
        """Store the holiday of a participant who isn't a sensei, and tell only them."""
        absence = tx.absences.add(cohort, person, *days, None)
        tx.audit(person, "absence.add", f"absence:{absence}")
        _confirm(tx, cohort, person, absence, at, is_sensei=False)

    def remove_plain(self, tx: Tx, cohort: int, absence: Absence, at: datetime) -> None:
        """Remove the holiday of a participant who isn't a sensei, and tell only them."""
        tx.absences.remove(cohort, absence.id)
        tx.audit(absence.sensei, "absence.remove", f"absence:{absence.id}")
        _confirm(tx, cohort, absence.sensei, None, at, is_sensei=False)

    def add(  # noqa: PLR0913, PLR0917
        self, tx: Tx, cohort: int, sensei: str, days: tuple[date, date], named: str | None, at: datetime
    ) -> None:
        """Store a sensei's holiday, and announce it unless it was already stored.

        ``days`` are its first and last day. ``named`` is the deputy that the sensei chose, if any.
        """
        first, last = days
        deputy = named or self.find_deputy(tx, cohort, sensei, first, last)
        entered = future_absences(tx, cohort, sensei, at)
        former = next((known for known in entered if known.first == first), None)
        same = former is not None and (former.last, former.deputy) == (last, deputy)
        absence = tx.absences.add(cohort, sensei, first, last, deputy)
        tx.audit(sensei, "absence.add", f"absence:{absence}")
        if not same:
            self.announce_absence(tx, cohort, absence, at, former)
        _confirm(tx, cohort, sensei, absence, at)

    def remove(self, tx: Tx, cohort: int, absence: Absence, at: datetime) -> None:
        """Remove a sensei's holiday, and tell everyone who knows of it."""
        tx.absences.remove(cohort, absence.id)
        tx.audit(absence.sensei, "absence.remove", f"absence:{absence.id}")
        self.announce_removal(tx, cohort, absence, at)
        _confirm(tx, cohort, absence.sensei, None, at)


def _confirm(  # noqa: PLR0913 - whose holiday, and which
    tx: Tx, cohort: int, person: str, absence: int | None, at: datetime, *, is_sensei: bool = True
) -> None:
    about: Json = {"person": person, "cohort": cohort, "absence": absence, "is_sensei": is_sensei}
    send_message(tx, f"away:{person}:{to_milliseconds(at)}", SAVED, about, at)
    if is_sensei:
        refresh_homes_with_leads(tx, cohort, [person], at)
    else:
        refresh_home(tx, person, at)


def is_sensei(actor: Actor, cohort: int | None) -> bool:
    """Return whether the actor is a sensei of a cohort, whose holidays need a deputy."""
    return DojoRole.SENSEI in actor.roles(cohort)


def future_absences(tx: Tx, cohort: int, person: str, at: datetime) -> tuple[Absence, ...]:
    """Return a person's current and future holidays."""
    return tuple(absence for absence in tx.absences.not_over(cohort, at) if absence.sensei == person)


def other_senseis(tx: Tx, cohort: int, sensei: str) -> list[Member]:
    """Return the active senseis who could be a sensei's deputy."""
    return [
        member
        for member in tx.members.of(cohort, CohortRole.SENSEI)
        if member.state is EnrolmentState.ACTIVE and member.person != sensei
    ]


def find_zone(actor: Actor, cohort: int | None = None) -> str:
    """Return the time zone of the actor's profile, as a sensei if they are one; empty if it isn't known."""
    chosen = actor.cohort if cohort is None else cohort
    roles = (CohortRole.SENSEI, CohortRole.PARTICIPANT)
    mine = (
        member
        for role in roles
        for member in actor.members
        if member.cohort == chosen and member.role is role
    )
    return next((member.profile.hours.time_zone for member in mine if member.profile), "")


def find_today(actor: Actor, clock: Clock, cohort: int | None = None) -> date:
    """Return today's date in that time zone."""
    return day_in(find_zone(actor, cohort), clock())
