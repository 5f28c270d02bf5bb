"""Decision records that are files in a capstone: what Sensei reads from one."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.articulation.slots import SlotTexts
from bot.domain.decisions.records import CodeAnchor


class RecordStatus(StrEnum):
    """What a file says about its decision. ``UNSTATED`` counts as accepted, since the file was merged."""

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Lines of a file that a record names. They are 1-based and inclusive."""

    path: str
    line_start: int
    line_end: int


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A decision record as a file says it.

    ``digest`` is the file's sha256. ``marker`` is the number in Sensei's hidden marker. ``supersedes`` is the
    name of the file that this one says it replaces, without its folder. ``anchors`` are the places that it
    names and that exist at the commit that was read.
    """

    path: str
    digest: str
    marker: int | None
    title: str
    status: RecordStatus
    date: date | None
    texts: SlotTexts
    supersedes: str | None
    places: tuple[NamedPlace, ...] = ()
    anchors: tuple[CodeAnchor, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundRecords:
    """The decision records of a tree: those that were read, and the paths of all that exist."""

    files: tuple[RecordFile, ...] = ()
    paths: frozenset[str] = frozenset()


_STATUSES: tuple[tuple[RecordStatus, tuple[str, ...]], ...] = (
    (RecordStatus.SUPERSEDED, ("superseded by", "superceded by", "ersetzt durch", "abgelöst durch")),
    (RecordStatus.DROPPED, ("rejected", "deprecated", "withdrawn", "abgelehnt", "veraltet", "obsolete")),
    (RecordStatus.PROPOSED, ("proposed", "draft", "pending", "vorgeschlagen", "entwurf", "in review")),
    (
        RecordStatus.ACCEPTED,
        ("accepted", "approved", "decided", "implemented", "adopted", "akzeptiert", "angenommen"),
    ),
    (RecordStatus.SUPERSEDED, ("superseded", "superceded")),
)
_CHOICE = re.compile(r"\{|\|")
_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_SUPERSEDES = re.compile(r"super[sc]edes[^\n(]{0,200}\(([^()\s]{1,300}\.md)\)", re.IGNORECASE)
_PLACE = re.compile(
    r"(?<![\w./-])([\w.-][\w./-]{0,200}\.\w{1,10})(?::|#L)(\d{1,6})(?:-L?(\d{1,6}))?(?!\w)", re.ASCII
)
_BLOB = re.compile(r"https?://[^\s/]{1,100}/[^\s/]{1,100}/[^\s/]{1,100}/blob/[0-9a-f]{7,64}/")
_MOST_PLACES = 20


def read_status(text: str) -> RecordStatus:
    """Return the status that a line or a section states. A template's list of choices states none."""
    words = text.casefold()[:1000]
    if _CHOICE.search(words):
        return RecordStatus.UNSTATED
    return next(
        (status for status, names in _STATUSES if any(name in words for name in names)),
        RecordStatus.UNSTATED,
    )


def read_date(text: str) -> date | None:
    """Return the first date in a text (``2026-03-01``), or None."""
    found = _DATE.search(text[:1000])
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def find_superseded(text: str) -> str | None:
    """Return the name of the file that a record says it supersedes, or None."""
    found = _SUPERSEDES.search(text)
    return found[1].rpartition("/")[2] if found else None


def find_places(text: str) -> tuple[NamedPlace, ...]:
    """Return the lines that a record names: ``src/a.py:3-5``, ``src/a.py#L3``, or a commit's link."""
    places: dict[NamedPlace, None] = {}
    for found in _PLACE.finditer(_BLOB.sub(" ", text)):
        start = int(found[2])
        end = int(found[3] or start)
        if 1 <= start <= end:
            places.setdefault(NamedPlace(found[1], start, end))
        if len(places) >= _MOST_PLACES:
            break
    return tuple(places)
