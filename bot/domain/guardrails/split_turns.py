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
_NEAR = 60  # characters on either side of the seam
_MARKS = re.compile(r"[^\w\s']+")


def is_whole(text: str, known: KnownWords) -> bool:
    """Say whether a text begins and ends like sentences. A known name in lower case may begin it."""
    first = text[:1]
    if not _WHOLE.search(text) or not (first.isalnum() or first in '`"“'):
        return False
    return not first.islower() or known.knows(find_tokens(fold(text))[0])


def continues(text: str, earlier: Sequence[str]) -> bool:
    """Say whether a text goes on where Sensei's last words stopped, and says what it may not say at once."""
    said = [one for one in earlier[-_TURNS:] if one.strip()]
    if said and not _WHOLE.search(said[-1].rstrip()):
        return True
    start = _bare(text[: 2 * _NEAR])[:_NEAR]
    return any(_says_across(_bare(before[-2 * _NEAR :])[-_NEAR:], start) for before in said)


def _says_across(before: str, start: str) -> bool:
    """Say whether something forbidden begins in the one text and ends in the other."""
    joined, seam = f"{before} {start}", len(before)
    for form in REFUSED.values():
        if any(found.start() < seam < found.end() for found in compile_once(form).finditer(joined)):
            return True
    alone = advises(before) or advises(start) or takes_side(before) or takes_side(start)
    return not alone and _advises_across(joined, before, start)


def _advises_across(joined: str, before: str, start: str) -> bool:
    word = (before.rsplit(" ", 1)[-1] + start.split(" ", 1)[0]).strip()
    return advises(joined) or takes_side(joined) or has_judging_word(word)


def _bare(text: str) -> str:
    return fold(_MARKS.sub(" ", text))
