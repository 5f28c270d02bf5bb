"""The few sentences with which Sensei thanks, or says that it stops here. They need no other rule.

They are made of fixed parts, so they can carry no answer. "That's fine" is one only where the person said
that they don't know, or want to talk to their sensei: after anything else, it would be a verdict.
"""

import re

from bot.domain.guardrails.known_words import KnownWords
from bot.domain.guardrails.source_links import IN_ITS_PLACE
from bot.domain.text.lazy_patterns import compile_once

_THANKS = (
    r"(?:many )?(?:thanks|thank you)(?: for (?:saying so|telling me|letting me know"
    r"|(?:writing|putting) (?:that|this|it) down|that|this|the answer|your answer"
    r"|being (?:open|plain|frank)(?: about (?:that|this|it))?))?"
)
_HEARD = (
    r"understood|noted|got it|(?:that's|it's) noted|i'll leave it (?:there|here|at that)"
    r"|i won't ask (?:about (?:that|this|it) )?again(?: here)?"
    r"|nothing (?:more|else) is needed(?: here| for now)?"
    r"|(?:that|this)'s all (?:that )?i (?:wanted|needed) to know|i don't know more than (?:that|this)"
    r"|i don't know more than (?:that|the|this) page says"
    rf"|(?:see|(?:more|that|it|this)(?: is|'s) (?:on|in)) {IN_ITS_PLACE}"
)
_READS = (
    r"(?:will )?(?:reads?|sees?|takes?|picks?|looks?)(?: (?:it|that|this|your answer|what you (?:wrote|said))"
    r"| at (?:it|that|this|your answer))?(?: up| on)?(?: with you| from (?:there|here)| next)?"
)
_SENSEI = rf"your sensei {_READS}(?: and {_READS})?"
_ALWAYS = rf"{_THANKS}|{_HEARD}|{_SENSEI}"
_CLEAR = r"(?:that's|that is) clear(?: now| enough)?|i see|all clear"
_FINE = r"(?:that's|that is|it's) (?:fine|all right|a (?:fine|good) answer(?: too)?)"
_JOINED = r"(?:, and |; and |, but | and |, |; )"
_DEFERS = re.compile(
    r"\b(?:don't|do not|didn't) (?:\w+ )?know\b|\bno idea\b|\bnot sure\b|\b(?:ask|talk to|with|leave it to)"
    r" (?:my|the) sensei\b"
)
_OPENING = re.compile(
    r"(?:thanks|thank you|understood|noted|got it|ok|okay)[,:] (?!(?:but )?(?:no|yes|so)\b)"
)


def acknowledges(sentence: str, known: KnownWords) -> bool:
    """Say whether a folded sentence only thanks, or says who reads on."""
    part = _ALWAYS
    if _DEFERS.search(known.told):
        part += f"|{_FINE}"
    if not known.asked:
        part += f"|{_CLEAR}"
    return bool(compile_once(rf"(?:{part})(?:{_JOINED}(?:{part})){{0,3}}[.,;]?").fullmatch(sentence))


def without_thanks(sentence: str) -> str:
    """Return a folded sentence without a "thanks" or "understood" before its comma."""
    return _OPENING.sub("", sentence, count=1) if _OPENING.match(sentence) else sentence
