"""When a person works, for messages that can wait until then."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import Member, WorkingHours
from bot.ports.store import Tx


def find_hours(tx: Tx, person: str, cohort: int) -> WorkingHours:
    """Return a person's working hours, or else office hours in the cohort's main time zone."""
    return choose_hours(tx.members.roles(person)) or find_office_hours(tx, cohort)


def find_member_hours(tx: Tx, member: Member) -> WorkingHours:
    """Return when a member works in this role: somebody in two cohorts may have other hours in each.

    If they haven't entered any for it, the hours are those of ``find_hours``.
    """
    return member.profile.hours if member.profile else find_hours(tx, member.person, member.cohort)


def find_own_hours(tx: Tx, person: str) -> WorkingHours:
    """Return a person's working hours, or else office hours in the main time zone of their newest cohort."""
    return read_own_hours(tx, [person])[person]


def find_own_day(tx: Tx, person: str, at: datetime) -> date:
    """Return the date by which a person's unprompted messages are counted.

    It is one date, whatever their hours are in each of their cohorts.
    """
    return find_own_days(tx, [person], at)[person]


def find_own_days(tx: Tx, people: Collection[str], at: datetime) -> Mapping[str, date]:
    """Return that date for each of some people."""
    return {person: day_in(hours.time_zone, at) for person, hours in read_own_hours(tx, people).items()}


def read_own_hours(tx: Tx, people: Collection[str]) -> Mapping[str, WorkingHours]:
    """Return what ``find_own_hours`` does for each of some people.

    It takes as many queries for one as for all who have entered their hours.
    """
    roles: dict[str, list[Member]] = {person: [] for person in people}
    for role in tx.members.of_people(people):
        roles[role.person].append(role)
    office: dict[int, WorkingHours] = {}
    hours = {}
    for person, known in roles.items():
        own = choose_hours(known)
        if own is None and known:
            cohort = known[0].cohort
            if cohort not in office:
                office[cohort] = find_office_hours(tx, cohort)
            own = office[cohort]
        hours[person] = own or WorkingHours("")
    return hours


def choose_hours(roles: Sequence[Member]) -> WorkingHours | None:
    """Return the hours of the first of a person's roles that has any, or None."""
    return next((role.profile.hours for role in roles if role.profile), None)


def find_office_hours(tx: Tx, cohort: int) -> WorkingHours:
    """Return office hours in a cohort's main time zone. This reads the whole cohort."""
    zones = Counter(member.profile.hours.time_zone for member in tx.members.of(cohort) if member.profile)
    return WorkingHours(zones.most_common(1)[0][0] if zones else "")
