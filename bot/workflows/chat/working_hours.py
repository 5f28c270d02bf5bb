"""When a person works, for messages that can wait until then."""

from collections import Counter

from bot.domain.dojo.people import WorkingHours
from bot.ports.store import Tx


def find_hours(tx: Tx, person: str, cohort: int) -> WorkingHours:
    """Return a person's working hours, or else office hours in the cohort's main time zone."""
    own = (member.profile.hours for member in tx.members.roles(person) if member.profile)
    if (hours := next(own, None)) is not None:
        return hours
    zones = Counter(member.profile.hours.time_zone for member in tx.members.of(cohort) if member.profile)
    return WorkingHours(zones.most_common(1)[0][0] if zones else "")
