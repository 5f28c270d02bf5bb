"""Taking a Y-statement apart: in the context of …, facing …, we decided for … and against …"""

from bot.domain.articulation.slots import Slot, SlotTexts

_PHRASES: tuple[tuple[Slot, tuple[str, ...]], ...] = (
    (Slot.CONTEXT, ("in the context of ",)),
    (Slot.FACING, ("facing ", "faced with ")),
    (Slot.DECIDED, ("we decided for ", "we decided to ", "we decided ")),
    (Slot.AGAINST, ("and against ", "and neglected ", "against ", "and not ")),
    (Slot.ACHIEVE, ("to achieve ", "in order to achieve ")),
    (Slot.ACCEPTING, ("accepting that ", "accepting ")),
)
_MOST_CHARACTERS = 4000
_FEWEST_PARTS = 3


def parse_y_statement(text: str) -> SlotTexts:
    """Return the parts of a Y-statement, or nothing if the text isn't one."""
    words = " ".join(text[:_MOST_CHARACTERS].split())
    found: list[tuple[Slot, int, int]] = []
    position = 0
    for slot, phrases in _PHRASES:
        if place := _find_first(words.casefold(), phrases, position):
            found.append((slot, *place))
            position = place[1]
    if Slot.DECIDED not in {slot for slot, *_ in found} or len(found) < _FEWEST_PARTS:
        return {}
    ends = [start for _, start, _ in found[1:]] + [len(words)]
    return {slot: words[start:end].strip(" ,;.*_") for (slot, _, start), end in zip(found, ends, strict=True)}


def _find_first(words: str, phrases: tuple[str, ...], position: int) -> tuple[int, int] | None:
    """Return where the first of the phrases starts and ends, or None."""
    places = ((at, at + len(phrase)) for phrase in phrases if (at := words.find(phrase, position)) >= 0)
    return min(places, key=lambda place: (place[0], -place[1]), default=None)
