"""Who gets a weekly digest in a cohort, and when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.digest.delivery_times import find_delivery, find_monday, find_week_end, name_week, parse_week
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import Absence, CohortRole, DateKind, EnrolmentState, WorkingHours
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours

ROLES: Mapping[str, CohortRole] = {"sensei": CohortRole.SENSEI, "lead": CohortRole.LEAD}
"""The roles that have a digest, by their names in ids."""
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who gets a digest in a role, with their hours and holidays."""

    cohort: int
    person: str
    role: str
    hours: WorkingHours
    absences: tuple[Absence, ...] = ()

    def day_of(self, at: datetime) -> date:
        """Return the date at a moment, in their time zone."""
        return day_in(self.hours.time_zone, at)

    def find_week(self, at: datetime) -> str:
        """Return the ISO week at a moment, in their time zone."""
        return name_week(find_monday(self.hours, at))

    def find_delivery(self, week: str, at: datetime) -> datetime | None:
        """Return when the digest of a week is sent, from ``at`` on; None if it can't be any more."""
        return find_delivery(self.hours, self.absences, parse_week(week), at)

    def find_week_end(self, at: datetime) -> datetime:
        """Return when this week ends in their time zone."""
        return find_week_end(self.hours, find_monday(self.hours, at))

    def make_id(self, week: str) -> str:
        """Return the id of the job that makes their digest of a week."""
        return f"digest:{self.cohort}:{self.person}:{self.role}:{week}"


def list_recipients(
    tx: Tx, cohort: int, at: datetime, people: Collection[str] | None = None
) -> Sequence[Recipient]:
    """List who gets digests in a cohort: all, or some people. There are none once the cohort is over."""
    if _is_over(tx, cohort, at):
        return ()
    members = [
        (name, member)
        for name, role in ROLES.items()
        for member in tx.members.of(cohort, role, people)
        if member.state is EnrolmentState.ACTIVE
    ]
    absences = tx.absences.not_over(cohort, at) if members else ()
    return [
        Recipient(
            cohort,
            member.person,
            name,
            member.profile.hours if member.profile else find_hours(tx, member.person, cohort),
            tuple(absence for absence in absences if absence.sensei == member.person),
        )
        for name, member in members
    ]


def find_recipient(tx: Tx, cohort: int, person: str, role: str, at: datetime) -> Recipient | None:
    """Return a person who gets a digest in a role, or None if they don't."""
    found = list_recipients(tx, cohort, at, [person])
    return next((recipient for recipient in found if recipient.role == role), None)


def _is_over(tx: Tx, cohort: int, at: datetime) -> bool:
    """Return whether a cohort's last day is past, wherever its people are."""
    ends = (entry.day for entry in tx.cohorts.dates(cohort) if entry.kind is DateKind.END)
    end: date | None = next(ends, None)
    return end is not None and (at - _A_DAY).date() > end
