"""Finding what is said over several turns: half of a word, of an order or of a grade in each.

Each turn must be whole sentences. The end of the last turns and the start of the next are also read as one.
"""

import re
from collections.abc import Sequence

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.forbidden_phrases import REFUSED
from bot.domain.guardrails.judging_words import has_judging_word
from bot.domain.guardrails.known_words import KnownWords, find_tokens
from bot.domain.guardrails.preferred_options import takes_side
from bot.domain.guardrails.suggested_fixes import advises
from bot.domain.text.lazy_patterns import compile_once

_WHOLE = re.compile(r"[.!?][\"'”’)]*$")
_TURNS = 3
_MOST = 1000  # characters of a turn
_NEAR = 60  # characters on either side of the seam
_SENTENCE_END = re.compile(r"[.!?:;]\s")
_MARKS = re.compile(r"[^\w\s']+")


def is_whole(text: str, known: KnownWords) -> bool:
    """Say whether a text begins and ends like sentences. A known name in lower case may begin it."""
    first = text[:1]
    if not _WHOLE.search(text) or not (first.isalnum() or first in '`"“'):
        return False
    return not first.islower() or any(map(known.knows, find_tokens(fold(text))[:1]))


def continues(text: str, earlier: Sequence[str]) -> bool:
    """Say whether a text goes on where Sensei's last words stopped, and says what it may not say at once."""
    said = [one[-_MOST:] for one in earlier[-_TURNS:] if one.strip()]
    if said and not _WHOLE.search(said[-1].rstrip()):
        return True
    return any(_says_across(before, text) for before in said)


def _says_across(before: str, text: str) -> bool:
    """Say whether something forbidden begins in the one text and ends in the other."""
    start = _bare(text)[:_NEAR]
    return _is_phrase_across(_bare(before)[-_NEAR:], start) or _advises_across(_last_sentence(before), start)


def _is_phrase_across(end: str, start: str) -> bool:
    joined, seam = f"{end} {start}", len(end)
    found = (match for form in REFUSED.values() for match in compile_once(form).finditer(joined))
    return any(match.start() < seam < match.end() for match in found)


def _advises_across(end: str, start: str) -> bool:
    """Say whether the two advise, take a side or spell a judgement together, but not alone."""
    if any(rule(part) for rule in (advises, takes_side) for part in (end, start)):
        return False
    joined = f"{end} {start}"
    word = end.rsplit(" ", 1)[-1] + start.split(" ", 1)[0]
    return advises(joined) or takes_side(joined) or has_judging_word(word)


def _last_sentence(text: str) -> str:
    return _bare(_SENTENCE_END.split(text.rstrip(".!? \"'”’)"))[-1])[-_NEAR:]


def _bare(text: str) -> str:
    return fold(_MARKS.sub(" ", text))
