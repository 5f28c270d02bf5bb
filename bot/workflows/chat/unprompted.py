"""The budget of one unprompted message a day and person, which all features share.

A message takes its reader's day just before it is posted. If the day is taken, or kept for a digest, the
message waits until the next day on which the reader works. What a person asked for, and what they must decide
or know at once, isn't limited: such messages are sent with ``send_message`` (docs/slack.md lists both kinds).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import Absence, EnrolmentState, WorkingHours
from bot.domain.pairing.working_time import WorkingTime
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_own_hours

IsKept = Callable[[Tx, str, date], bool]
"""Returns whether a person's day is kept for a digest, so that lesser messages leave it alone."""
_A_DAY = timedelta(days=1)
_MOST_DAYS = 60
"""After so many days that are taken, a message waits for the day after them."""


class Feature(StrEnum):
    """The features with unprompted messages. Their names are stored."""

    SENSEI_DIGEST = "sensei_digest"
    LEAD_DIGEST = "lead_digest"
    RULINGS = "rulings"
    HANDOVER = "handover"
    DEPUTY_NEWS = "deputy_news"
    CHECK_IN = "check_in"
    REMINDER = "reminder"
    BRIEF = "brief"
    AFTERWARDS = "afterwards"


DIGESTS = frozenset({Feature.SENSEI_DIGEST, Feature.LEAD_DIGEST})
"""These come first: a day that is kept for a digest is only for them."""


def send_unprompted(  # noqa: PLR0913, PLR0917 - a message, and what limits it
    tx: Tx, feature: Feature, key: str, kind: str, about: Json, at: datetime, until: datetime | None = None
) -> None:
    """Send a message once, from ``at`` on, on a day on which its reader has no other unprompted message.

    Its key identifies it, and ``about`` has only ids, no text. If it can't be sent before ``until``, it isn't
    sent at all.
    """
    tx.jobs.add(make_job(feature, key, kind, about, at, until))


def make_job(  # noqa: PLR0913, PLR0917 - a message, and what limits it
    feature: Feature, key: str, kind: str, about: Json, at: datetime, until: datetime | None = None
) -> Job:
    """Return the job that sends an unprompted message."""
    argument = {"key": key, "kind": kind, "about": about, "unprompted": feature.value}
    if until is not None:
        argument["until"] = until.isoformat()
    return Job(f"message:{key}", "message", argument, at)


def claim_day(
    tx: Tx, argument: Json, readers: Collection[str], at: datetime, is_kept: IsKept
) -> datetime | None:
    """Take the readers' day for a message that is about to be posted, and return None.

    If one of them has had another message, take nothing, and return when the message can be sent instead. A
    message without a feature takes no day.
    """
    if "unprompted" not in argument:
        return None
    feature, key = Feature(argument["unprompted"]), argument["key"]
    days = {person: day_in(find_own_hours(tx, person).time_zone, at) for person in readers}
    later = [
        find_free_moment(tx, person, at)
        for person, day in days.items()
        if not _is_free(tx, person, day, feature, key, is_kept)
    ]
    if later:
        return max(later)
    for person, day in days.items():
        tx.unprompted.take(person, day, feature, key)
    return None


def find_free_moment(tx: Tx, person: str, at: datetime) -> datetime:
    """Return when a person next begins to work, on a later day that has no unprompted message yet."""
    hours = find_own_hours(tx, person)
    time_at_work = WorkingTime(hours, _list_absences(tx, person, at))
    day = day_in(hours.time_zone, at)
    taken = tx.unprompted.taken_by([person], day)
    moment = at
    for _ in range(_MOST_DAYS):
        moment = time_at_work.next_moment(_find_midnight(hours, day + _A_DAY))
        day = day_in(hours.time_zone, moment)
        if (person, day) not in taken:
            break
    return moment


def _is_free(  # noqa: PLR0913, PLR0917 - a day, and what it is for
    tx: Tx, person: str, day: date, feature: Feature, key: str, is_kept: IsKept
) -> bool:
    """Return whether a message may have a person's day. One that is stored as theirs stays theirs."""
    if tx.unprompted.taken(person, day) is None:
        return feature in DIGESTS or not is_kept(tx, person, day)
    return tx.unprompted.take(person, day, feature, key)


def _list_absences(tx: Tx, person: str, at: datetime) -> Sequence[Absence]:
    """List a person's holidays in all their cohorts."""
    cohorts = {role.cohort for role in tx.members.roles(person) if role.state is not EnrolmentState.LEFT}
    return [
        absence
        for cohort in sorted(cohorts)
        for absence in tx.absences.not_over(cohort, at)
        if absence.sensei == person
    ]


def _find_midnight(hours: WorkingHours, day: date) -> datetime:
    return datetime.combine(day, time(), load_zone(hours.time_zone)).astimezone(UTC)
