"""The eight parts of an argued decision.

They are those of a Y-statement (Zdun et al., "Sustainable Architectural Design Decisions", 2013): in the
context of …, facing …, we decided for … and against …, to achieve …, accepting …. Sensei adds the evidence,
and what would reopen the decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Slot(StrEnum):
    """A part of a decision. The names are stored."""

    CONTEXT = "context"
    FACING = "facing"
    DECIDED = "decided"
    AGAINST = "against"
    ACHIEVE = "achieve"
    ACCEPTING = "accepting"
    EVIDENCE = "evidence"
    REVISIT = "revisit"


SlotTexts = Mapping[Slot, str]
"""The text of each part that has one. A part without a text is missing."""


@dataclass(frozen=True, slots=True)
class SlotQuote:
    """Words of the participant that fill a part. ``message`` is the id of the message that contains them."""

    slot: Slot
    message: str
    quote: str


def join_quotes(quotes: Iterable[SlotQuote]) -> SlotTexts:
    """Return the text of each part: its quotes in order, each once."""
    texts: dict[Slot, list[str]] = {}
    for found in quotes:
        texts.setdefault(found.slot, [])
        if found.quote not in texts[found.slot]:
            texts[found.slot].append(found.quote)
    return {slot: " … ".join(texts[slot]) for slot in Slot if slot in texts}
