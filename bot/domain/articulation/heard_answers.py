"""What a model heard in an answer: parsed leniently, with each quote located in the participant's messages.

Any JSON gives a valid result. One bad item never loses the others. A quote that isn't in its message is
dropped, and one that is gets the message's own characters.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.own_words import HeardMessage
from bot.domain.articulation.slots import Slot, SlotQuote
from bot.domain.review.context.display import escape_for_display
from bot.domain.review.lenient_values import (
    RejectedItemError,
    as_line,
    as_list,
    as_mapping,
    as_number,
    as_text,
)

LEAST_QUOTE, MOST_QUOTE = 10, 300
"""Minimum and maximum characters of a quote. A shorter one counts if it is the whole message."""
MOST_QUOTES = 3
"""Maximum quotes of one part."""
MOST_PARTS_OF_A_QUOTE = 2
"""Maximum parts that the same words may fill."""

_SINGLE, _DOUBLE = re.compile(r"['’‘]"), re.compile(r"[\"“”„]")


@dataclass(frozen=True, slots=True)
class LocatedPart:
    """Where a participant's words fill a part: ``text[start:end]`` of the message with this id."""

    slot: Slot
    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """An answer as a model understood it.

    ``probe`` is the follow-up that it proposes, about ``probe_slot``; "" if it proposes none. ``dropped``
    counts what was unusable, by reason.
    """

    stance: Stance
    parts: tuple[LocatedPart, ...]
    probe_slot: Slot | None
    probe: str
    dropped: Mapping[str, int]


def parse_answer(document: Mapping[str, Any], messages: Sequence[HeardMessage]) -> HeardAnswer:
    """Parse a model's answer about messages, which it saw numbered from 1."""
    dropped: Counter[str] = Counter()
    parts = tuple(_keep_usable(_locate_parts(document.get("parts"), messages, dropped), dropped))
    slot, probe = _parse_probe(document.get("probe"))
    return HeardAnswer(_parse_stance(document.get("stance")), parts, slot, probe, dict(dropped))


def quote_parts(parts: Sequence[LocatedPart], messages: Sequence[HeardMessage]) -> tuple[SlotQuote, ...]:
    """Return the words of located parts. Messages must be the same as when they were located."""
    texts = {message.id: message.text for message in messages}
    return tuple(
        SlotQuote(part.slot, part.message, texts[part.message][part.start : part.end]) for part in parts
    )


def _locate_parts(
    items: Any, messages: Sequence[HeardMessage], dropped: Counter[str]
) -> Iterator[LocatedPart]:
    for item in as_list(items):
        try:
            yield _locate_part(as_mapping(item), messages)
        except RejectedItemError as rejected:
            dropped[str(rejected)] += 1


def _locate_part(item: Mapping[str, Any], messages: Sequence[HeardMessage]) -> LocatedPart:
    slot = _parse_slot(item.get("part"))
    if slot is None:
        raise RejectedItemError("unknown part")
    number = as_number(item.get("message"), len(messages))
    if number is None:
        raise RejectedItemError("unknown message")
    message = messages[number - 1]
    span = _locate_quote(as_text(item.get("quote")), message)
    return LocatedPart(slot, message.id, *span)


def _locate_quote(quote: str, message: HeardMessage) -> tuple[int, int]:
    """Return a quote's span in a message, whatever its white space and the shape of quotation marks."""
    words = escape_for_display(quote).split()
    if not words or len(quote) > MOST_QUOTE * 2:  # a few characters too many do no harm
        raise RejectedItemError("quote too long" if words else "no quote")
    found = re.search(r"\s+".join(map(_as_pattern, words)), message.display.shown)
    if found is None:
        raise RejectedItemError("quote not found")
    start, end = message.display.original(*found.span())
    if end - start < LEAST_QUOTE and message.text[start:end] != message.text:
        raise RejectedItemError("quote too short")
    return start, end


def _as_pattern(word: str) -> str:
    return _DOUBLE.sub('["“”„]', _SINGLE.sub("['’‘]", re.escape(word)))


def _keep_usable(parts: Iterator[LocatedPart], dropped: Counter[str]) -> Iterator[LocatedPart]:
    """Keep a few quotes of each part, and the same words for a few parts only: the first ones."""
    by_slot: Counter[Slot] = Counter()
    by_words: Counter[tuple[str, int, int]] = Counter()
    known: set[LocatedPart] = set()
    for part in parts:
        words = (part.message, part.start, part.end)
        if part in known or by_slot[part.slot] >= MOST_QUOTES or by_words[words] >= MOST_PARTS_OF_A_QUOTE:
            dropped["one too many"] += 1
            continue
        known.add(part)
        by_slot[part.slot] += 1
        by_words[words] += 1
        yield part


def _parse_stance(value: Any) -> Stance:
    stance = as_line(value)
    return Stance(stance) if stance in set(Stance) else Stance.UNSURE


def _parse_slot(value: Any) -> Slot | None:
    slot = as_line(value)
    return Slot(slot) if slot in set(Slot) else None


def _parse_probe(value: Any) -> tuple[Slot | None, str]:
    try:
        probe = as_mapping(value)
    except RejectedItemError:
        return None, ""
    return _parse_slot(probe.get("part")), as_line(probe.get("text"))
