"""How a repository lays out its decision records: where the parts go, and how they are called there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_headings import RecordField, Topic


class StatusPlace(StrEnum):
    """Where a record states its status and its date."""

    FRONT_MATTER = "front matter"
    LIST = "list"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class RecordHeading:
    """A heading of a record. ``level`` is 2 for ``##``. ``topic`` is what stands directly under it."""

    level: int
    text: str
    topic: Topic


@dataclass(frozen=True, slots=True)
class RecordLayout:
    """A layout: its headings in order, and where the status stands.

    A part without a heading of its own goes under another one, with a label.
    """

    headings: tuple[RecordHeading, ...]
    status: StatusPlace

    def owner(self, slot: Slot) -> RecordHeading | None:
        """Return the heading under which a part goes, or None if the layout has none for it."""
        by_topic = {heading.topic: heading for heading in reversed(self.headings)}
        return next((by_topic[topic] for topic in (slot, *_SHELTERS[slot]) if topic in by_topic), None)


# The headings under which a part goes that has none of its own, best first.
_SHELTERS: dict[Slot, tuple[Topic, ...]] = {
    Slot.CONTEXT: (),
    Slot.FACING: (Slot.CONTEXT,),
    Slot.DECIDED: (),
    Slot.AGAINST: (Slot.DECIDED,),
    Slot.ACHIEVE: (Slot.DECIDED,),
    Slot.ACCEPTING: (Slot.DECIDED,),
    Slot.EVIDENCE: (Slot.ACCEPTING, Slot.DECIDED),
    Slot.REVISIT: (RecordField.MORE, Slot.ACCEPTING, Slot.DECIDED),
}
MADR = RecordLayout(
    (
        RecordHeading(2, "Context and Problem Statement", Slot.CONTEXT),
        RecordHeading(2, "Decision Drivers", Slot.FACING),
        RecordHeading(2, "Considered Options", Slot.AGAINST),
        RecordHeading(2, "Decision Outcome", Slot.DECIDED),
        RecordHeading(3, "Consequences", Slot.ACCEPTING),
        RecordHeading(3, "Confirmation", Slot.EVIDENCE),
        RecordHeading(2, "More Information", RecordField.MORE),
    ),
    StatusPlace.FRONT_MATTER,
)
NYGARD = RecordLayout(
    (
        RecordHeading(2, "Status", RecordField.STATUS),
        RecordHeading(2, "Context", Slot.CONTEXT),
        RecordHeading(2, "Decision", Slot.DECIDED),
        RecordHeading(2, "Consequences", Slot.ACCEPTING),
    ),
    StatusPlace.HEADING,
)
_FEWEST_TOPICS = 3


@dataclass(frozen=True, slots=True)
class SeenLayout:
    """The known headings of one file, in order, and where its status stands, if anywhere."""

    headings: tuple[RecordHeading, ...]
    status: StatusPlace | None


def choose_layout(template: SeenLayout | None, records: Sequence[SeenLayout]) -> RecordLayout:
    """Return the layout for a new record: the repository's template, what its records share, or MADR.

    ``records`` are the newest first. A layout counts if it has at least three known headings, of which one is
    for what was decided.
    """
    usable = [seen for seen in (template, *records) if seen is not None and _is_usable(seen)]
    if not usable:
        return MADR
    chosen = usable[0] if template in usable else _most_common(usable)
    status = chosen.status or StatusPlace.LIST
    return RecordLayout(_without_repeats(chosen.headings), status)


def _is_usable(seen: SeenLayout) -> bool:
    topics = {heading.topic for heading in seen.headings}
    return Slot.DECIDED in topics and len(topics) >= _FEWEST_TOPICS


def _most_common(layouts: Sequence[SeenLayout]) -> SeenLayout:
    """Return the layout that most files have; of several, the newest file's."""
    return max(layouts, key=layouts.count)


def _without_repeats(headings: Iterable[RecordHeading]) -> tuple[RecordHeading, ...]:
    """Return the first heading for each topic: several may stand for the options, for instance."""
    first: dict[Topic, RecordHeading] = {}
    for heading in headings:
        first.setdefault(heading.topic, heading)
    return tuple(first.values())
