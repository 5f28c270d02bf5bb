"""The budget of one unprompted message a day and person, which all features share.

A message takes its reader's day just before it is posted. If the day is taken, the message waits until the
next day on which the reader works; while it is only kept, for a digest or a check-in, for half an hour at a
time. A message that is late, for instance after an outage, also waits for the reader's working hours. Of
those that wait, the one that has waited longest comes first; after a week, it no longer gives way to a
digest.

What a person asked for, and what they must decide or know at once, isn't limited: such messages are sent with
``send_message`` (docs/slack.md lists both kinds).
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import Absence, EnrolmentState, WorkingHours
from bot.domain.pairing.working_time import WorkingTime
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_own_hours

IsKept = Callable[[Tx, str, date], bool]
"""Returns whether a person's day is kept for a digest, so that lesser messages leave it alone."""
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)
_A_WHILE = timedelta(minutes=30)
"""How long a message waits for a day that is kept and may become free."""
_LATE = timedelta(minutes=15)
"""How long after it was due a message is late. One that isn't is sent at whatever time it was planned for."""
_LONGEST_WAIT, _HEAD_START = timedelta(days=60), timedelta(seconds=1)
"""Of messages that wait for one moment, one that has waited so long comes so much earlier than a new one."""
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
    DESIGN = "design"
    DEFENCE = "defence"


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

    If one of them has had another message, take nothing, and return when to try again. A message without a
    feature takes no day.
    """
    if "unprompted" not in argument:
        return None
    claim = _Claim(tx, argument, at, is_kept)
    if later := [moment for person in readers if (moment := claim.find_later(person)) is not None]:
        return max(later)
    for person in readers:
        claim.take(person)
    return None


def wait_longer(argument: Json, moment: datetime, at: datetime) -> dict[str, Any]:
    """Return the argument of a message that waits until a moment, with the time when it is ``due``."""
    first = argument.get("first", at.isoformat())
    waited = min(max(moment - datetime.fromisoformat(first), timedelta()), _LONGEST_WAIT)
    due = moment - _HEAD_START * (waited / _LONGEST_WAIT)
    known = {name: part for name, part in argument.items() if name != "since"}
    return {**known, "first": first, "due": due.isoformat()}


class _Claim:
    """A message that needs its readers' day now."""

    def __init__(self, tx: Tx, argument: Json, at: datetime, is_kept: IsKept) -> None:
        self._tx, self._at, self._is_kept = tx, at, is_kept
        self._feature, self._key = Feature(argument["unprompted"]), argument["key"]
        first, due = (_read_time(argument, name) for name in ("first", "due"))
        self._is_patient = self._feature not in DIGESTS and (first is None or at - first < _A_WEEK)
        due = due or tx.jobs.find_due_time(f"message:{self._key}")
        self._is_late = due is not None and at - due > _LATE

    def find_later(self, person: str) -> datetime | None:
        """Return when to try again, if a reader can't get the message now."""
        hours = find_own_hours(self._tx, person)
        working = WorkingTime(hours, _list_absences(self._tx, person, self._at))
        if self._is_late and (moment := working.next_moment(self._at)) > self._at:
            return moment
        day, soon = day_in(hours.time_zone, self._at), self._at + _A_WHILE
        if self._is_free(person, day):
            return None
        may_be_free = not self._tx.unprompted.has_message(person, day) and working.next_moment(soon) == soon
        return soon if may_be_free else find_free_moment(self._tx, person, self._at)

    def take(self, person: str) -> None:
        """Take a reader's day."""
        day = day_in(find_own_hours(self._tx, person).time_zone, self._at)
        self._tx.unprompted.take(person, day, self._feature, self._key)

    def _is_free(self, person: str, day: date) -> bool:
        """Return whether the message may have a person's day. One that is stored as its own stays its own."""
        if self._tx.unprompted.taken(person, day) is None:
            return not (self._is_patient and self._is_kept(self._tx, person, day))
        return self._tx.unprompted.take(person, day, self._feature, self._key)


def _read_time(argument: Json, name: str) -> datetime | None:
    return datetime.fromisoformat(argument[name]) if name in argument else None


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


def _list_absences(tx: Tx, person: str, at: datetime) -> Sequence[Absence]:
    """List a person's holidays in all their cohorts."""
    cohorts = {role.cohort for role in tx.members.roles(person) if role.state is not EnrolmentState.LEFT}
    return [absence for cohort in sorted(cohorts) for absence in tx.absences.not_over(cohort, at, person)]


def _find_midnight(hours: WorkingHours, day: date) -> datetime:
    return datetime.combine(day, time(), load_zone(hours.time_zone)).astimezone(UTC)
