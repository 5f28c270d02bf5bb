"""Hearing answers without a model: word for word, except a few short sentences that mean one thing.

The first answer is what was decided, and what comes after Sensei's follow-up is about the part that it asked
for. Quotes that a model located earlier stay as they are.
"""

import re
from collections.abc import Sequence

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.own_words import HeardMessage
from bot.domain.articulation.slots import Slot, SlotQuote

_MOST_WORDS = 12
"""Longer answers say more than one thing, so they are kept word for word."""

_START = r"^(?:(?:sorry|honestly|hm+|yes|yep|no|to be honest|good question)[,.!:]? ){0,2}"
_STANCES = {
    Stance.ASKS_SENSEI: re.compile(
        rf"{_START}(?:i(?:'ll| will|'d like to| want to| need to)?|let me|we(?:'ll| will)?) ?"
        r"(?:rather )?(?:ask|check with|talk to|speak to|raise this with|discuss (?:this|it|that) with) "
        r"(?:my |our |the )?sensei\b",
        re.IGNORECASE,
    ),
    Stance.DOES_NOT_KNOW: re.compile(
        rf"{_START}(?:(?:i|we) )?(?:really |honestly )?(?:don't|do not|dont) (?:really )?know"
        r"(?:(?: that| this| it)? yet\b|(?: that| this| it)?\W*$)"
        rf"|{_START}(?:i(?:'m| am) )?not sure(?: yet)?\W*$|{_START}(?:i(?:'ve| have) )?no idea(?: yet)?\W*$",
        re.IGNORECASE,
    ),
    Stance.HOLDS: re.compile(
        rf"{_START}(?:it |that |this |the decision )?(?:still )(?:holds|stands|applies)\b"
        rf"|{_START}(?:nothing|nothing has) changed\b",
        re.IGNORECASE,
    ),
}
_SAYS_NOTHING_ELSE = (Stance.ASKS_SENSEI, Stance.DOES_NOT_KNOW)


def tell_stance(messages: Sequence[HeardMessage]) -> Stance:
    """Return what the newest message does, if it is one of the short sentences; else that it argues."""
    return _tell(messages[-1].text) or Stance.ARGUES if messages else Stance.UNSURE


def leaves_question(messages: Sequence[HeardMessage]) -> Stance | None:
    """Return what the newest message does if it only leaves the question open, or None."""
    stance = tell_stance(messages)
    return stance if stance in _SAYS_NOTHING_ELSE else None


def asks_for_sensei(text: str) -> bool:
    """Return whether a message is the short sentence with which its author asks for their sensei."""
    return _tell(text) is Stance.ASKS_SENSEI


def quote_verbatim(
    messages: Sequence[HeardMessage], known: Sequence[SlotQuote], probed: Slot | None
) -> tuple[SlotQuote, ...]:
    """Return whole messages as the words of a part each.

    ``known`` are the quotes so far; ``probed`` is the part that Sensei has asked for, or None.
    """
    slots: dict[str, Slot] = {}
    for found in known:
        slots.setdefault(found.message, found.slot)
    later = probed or Slot.DECIDED
    quotes: list[SlotQuote] = []
    for message in messages:
        if _tell(message.text) in _SAYS_NOTHING_ELSE:
            continue
        standing = [found for found in known if _still_says(message, found)]
        if not standing:
            first = later if slots or quotes else Slot.DECIDED
            standing = [SlotQuote(slots.get(message.id, first), message.id, message.text)]
        quotes += standing
    return tuple(quotes)


def _still_says(message: HeardMessage, found: SlotQuote) -> bool:
    return found.message == message.id and found.quote in message.text


def _tell(text: str) -> Stance | None:
    words = " ".join(text.replace("’", "'").split())
    if len(words.split()) > _MOST_WORDS:
        return None
    return next((stance for stance, pattern in _STANCES.items() if pattern.search(words)), None)
