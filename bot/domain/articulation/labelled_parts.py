"""A person's own words for the parts of a decision, each part labelled with its title.

::

    Decided: we answer from a cache.
    Against: we tried a second model; it lost on cost.
    It was also slower.
    Revisit when: half of the questions are new.
"""

import re
from dataclasses import dataclass

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.articulation.slots import Slot, SlotTexts

_MOST_WORDS = 3  # of a label; titles have at most two
# A label may be in bold, and may begin the item of a list.
_LABEL = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?([*_]{0,2})([^\W\d_][\w ]{0,40}?)(?:\1[ \t]*:|[ \t]*:\1)(?=\s|\Z)(.*)"
)


@dataclass(frozen=True, slots=True)
class LabelledParts:
    """What someone wrote: the parts with a text, and whether anything is under no known label."""

    texts: SlotTexts
    has_unknown: bool


def parse_parts(text: str, guide: ArticulationGuide) -> LabelledParts:
    """Return the parts in a text. Lines without a label belong to the part above them.

    Titles may be in any case. A part that is named twice has both texts; a part without words is left out.
    Up to three words before a colon, the first with a capital, are a label that someone meant, even if no
    part has this title.
    """
    titles = {part.title.lower(): part.id for part in guide.slots}
    lines: dict[Slot, list[str]] = {}
    current: Slot | None = None
    has_unknown = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        found = _LABEL.fullmatch(line)
        slot = titles.get(" ".join(found[2].lower().split())) if found else None
        if found and slot is not None:
            current = slot
            lines.setdefault(slot, []).append(found[3].strip())
        elif found and _is_meant_as_label(found[2]):
            has_unknown = True
        elif current is not None:
            lines[current].append(line.strip())
        else:
            has_unknown = has_unknown or bool(line.strip())
    texts = {slot: "\n".join(lines[slot]).strip() for slot in Slot if slot in lines}
    return LabelledParts({slot: words for slot, words in texts.items() if words}, has_unknown)


def _is_meant_as_label(words: str) -> bool:
    return words[0].isupper() and len(words.split()) <= _MOST_WORDS
