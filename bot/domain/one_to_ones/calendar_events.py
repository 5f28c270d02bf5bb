"""Which events of a calendar are one-to-ones of a pair, and what they change."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.one_to_ones.records import OneToOne, OneToOneState

HORIZON = timedelta(days=28)
"""How far ahead events are read."""
MOST_EVENTS = 10
"""Maximum one-to-ones that are read from a calendar."""
SHORTEST_TITLE = 4
"""Minimum letters of what a title says: fewer are in the titles of most events."""
_SHORTEST_FIRST_NAME = 3
_MOST_ATTENDEES = 3
_DIGITS_OF_A_DIGEST = 40


class CalendarProblem(StrEnum):
    """Why a calendar could not be read."""

    REFUSED = "refused"
    """The host says that there is no such calendar, or that it isn't public."""
    NO_ANSWER = "no_answer"
    NOT_ALLOWED = "not_allowed"
    """The setting no longer lists its host, or the host's name leads to a private network."""
    TOO_LARGE = "too_large"
    """It has too many bytes, or takes too long to read."""
    NO_CALENDAR = "no_calendar"
    """What the host sent is not a calendar."""
    NO_EVENTS = "no_events"
    """No event of the coming weeks names the other person."""
    RENAMED = "renamed"
    """The other person has another name than when the calendar was added, or is another person."""


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """One occurrence of an event. ``key`` identifies it, without a word of it; ``at`` is in UTC."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are one-to-ones: those that name a person, or whose title a person has entered."""

    name: str
    title: str = ""

    def takes(self, title: str, attendees: Sequence[str]) -> bool:
        """Return whether an event is a one-to-one.

        ``attendees`` has a text for each of them: their name, their mail address, or both. Where more people
        meet than two and a room, only the title counts.
        """
        wanted = _fold(self.title)
        if wanted and wanted in _fold(title):
            return True
        counted = attendees if len(attendees) <= _MOST_ATTENDEES else ()
        return any(_names(self.name, text) for text in (title, *counted))


def digest_name(name: str) -> str:
    """Return a digest of a name, by which it's known whether it's still the same.

    People choose their names themselves. Whoever changes theirs must not thereby choose which events of
    somebody else's calendar are read.
    """
    return hashlib.sha256(_fold(name).encode()).hexdigest()[:_DIGITS_OF_A_DIGEST]


def is_long_enough(title: str) -> bool:
    """Return whether a title that a person entered can tell events apart. An empty one counts for nothing."""
    return not _fold(title) or len(_fold(title)) >= SHORTEST_TITLE


def _names(name: str, text: str) -> bool:
    """Return whether a text contains a person's full name, or their first name as a word of its own.

    The words of a mail address, such as ``sen.sei@example.com``, count as far as the at sign.
    """
    words = _split(text.partition("@")[0] if "@" in text else text)
    full = _split(name)
    if not full:
        return False
    if all(word in words for word in full):
        return True
    return len(full[0]) >= _SHORTEST_FIRST_NAME and full[0] in words


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", _fold(text).replace("_", " "))


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class CalendarChanges:
    """What a calendar changes. The ids are those of one-to-ones.

    ``adopted`` are those that a person had entered, with the key of their event. ``dropped`` are no longer in
    the calendar.
    """

    added: tuple[DatedEvent, ...] = ()
    moved: tuple[tuple[int, datetime], ...] = ()
    adopted: tuple[tuple[int, str], ...] = ()
    dropped: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing changes."""
        return self == CalendarChanges()


def find_changes(known: Sequence[OneToOne], events: Sequence[DatedEvent], now: datetime) -> CalendarChanges:
    """Compare what is known of a pair with the coming events of their calendar.

    What a person has cancelled here stays cancelled. A time that a person entered here is not entered twice.
    ``known`` are all one-to-ones of the pair from ``now`` on, and those with one of the events' keys.
    """
    by_key = {meeting.event: meeting for meeting in known if meeting.event}
    by_hand = {
        meeting.at: meeting.id
        for meeting in known
        if not meeting.event and meeting.state is OneToOneState.PLANNED
    }
    added, moved, adopted = [], [], []
    for event in events:
        meeting = by_key.get(event.key)
        if meeting is None and event.at in by_hand:
            adopted.append((by_hand.pop(event.at), event.key))
        elif meeting is None:
            added.append(event)
        elif meeting.state is OneToOneState.PLANNED and meeting.at != event.at:
            moved.append((meeting.id, event.at))
    current = {event.key for event in events}
    dropped = [
        meeting.id
        for key, meeting in by_key.items()
        if key not in current and meeting.state is OneToOneState.PLANNED and now < meeting.at < now + HORIZON
    ]
    return CalendarChanges(tuple(added), tuple(moved), tuple(adopted), tuple(dropped))
