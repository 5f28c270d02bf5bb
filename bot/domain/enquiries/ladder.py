"""The ladder of hints: reframe, point, options; one step at a time, and only as the asker tries."""

import re
from collections.abc import Sequence

from bot.domain.enquiries.kinds import LADDER
from bot.domain.enquiries.records import Answer, Rung

LEAST_WORDS_OF_A_TRY = 6
"""Fewer words of the asker's don't show what they tried or thought."""

_STEPS = tuple(Rung)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# "Just tell me", "I tried everything": what asks for the next step and shows nothing.
_MERELY_ASKS = re.compile(
    r"^\W*(?:(?:please|ok|okay|but|and|so|yes|no|well|hm+|come on|honestly|look|sensei),? )*(?:just|simply"
    r"|can you"
    r"|could you|would you|will you|please|tell|give|show|write|say|answer|help|what|which|who|how|when"
    r"|where|why"
    r"|should|is|are|do|does|skip|next|ignore|pretend|act|stop|let's|let me|i (?:want|need|don't|do not"
    r"|can't|have"
    r" no|'d like|would like|just want)|i've no)\b",
    re.IGNORECASE,
)
_SAYS_ONLY_THAT = re.compile(
    r"\bi(?:'ve| have)? (?:already |really |just )?(?:tried|thought|done|read|looked|made an attempt|did try)"
    r"(?: (?:about |at |for )?(?:everything|it all|that|this|it|hard|a lot|all of (?:it|that)|the docs|enough"
    r"|already|many things|several things|my best|and tried|for (?:hours|days)))+\W*",
    re.IGNORECASE,
)


def next_rung(answers: Sequence[Answer], *, tried: bool) -> Rung:
    """Return the hint that may be given now: the next if the asker has tried, or else the same.

    Who shows in their first message what they tried or saw needs no reframing, so the second comes first.
    """
    given = _last_rung(answers)
    if given is None:
        return Rung.POINT if tried else Rung.REFRAME
    at = _STEPS.index(given)
    return _STEPS[min(at + 1, len(_STEPS) - 1)] if tried else given


def is_used_up(answers: Sequence[Answer]) -> bool:
    """Say whether the last hint of the ladder was given, so that a person should help now."""
    return _last_rung(answers) is _STEPS[-1]


def finds_try(quote: str, messages: Sequence[str]) -> bool:
    """Say whether words that a model points at show a try: the asker's newest ones, and not said before."""
    if not messages:
        return False
    words = " ".join(_WORD.findall(quote)).casefold()
    newest = " ".join(_WORD.findall(messages[-1])).casefold()
    if not words or f" {words} " not in f" {newest} ":
        return False
    if any(f" {words} " in f" {' '.join(_WORD.findall(one)).casefold()} " for one in messages[:-1]):
        return False
    shown = _SAYS_ONLY_THAT.sub(" ", quote)
    if len(_WORD.findall(shown)) < LEAST_WORDS_OF_A_TRY:
        return False
    return not (_MERELY_ASKS.match(quote) or quote.rstrip().endswith("?"))


def _last_rung(answers: Sequence[Answer]) -> Rung | None:
    """Return the last hint of the thread. A question about a fact in between doesn't start it anew."""
    given = [answer.rung for answer in answers if answer.kind in LADDER and answer.rung is not None]
    return given[-1] if given else None
