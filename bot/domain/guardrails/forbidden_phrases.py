"""Phrases that a model must never write: levels, verdicts, approval, praise, blame, rank, orders.

Each rule is a pattern over folded text (``allowed_letters.fold``): lower case, without backticks. The rules
must allow the same words in their technical meaning ("the request fails", "log level", "who approves the
refund"), so most of them require the word to be next to the thing that it would judge. No pattern nests a
repetition within another: the time to match grows with the length of the text.
"""

from collections.abc import Mapping

from bot.domain.guardrails import praise_and_orders, verdicts
from bot.domain.text.lazy_patterns import compile_once

REFUSED: Mapping[str, str] = {
    reason: "|".join(rules)
    for reason, rules in {
        "names a level": verdicts.LEVELS,
        "approves or rejects": verdicts.APPROVAL,
        "gives a verdict": verdicts.VERDICTS,
        "praises or blames": praise_and_orders.PRAISE,
        "judges a person": praise_and_orders.STANDING,
        "speaks of its instructions": praise_and_orders.ORDERS,
    }.items()
}
_IN_NAMES = (
    *(rule for rule in verdicts.APPROVAL if rule != verdicts.ORDER),
    r"\b(?:approved|rejected|accepted|merged) for (?:merge|merging|release|production)\b",
    r"\b(?:approve|reject|accept|merge) and (?:approve|merge|ship|close|reject)\b",
)
_APPROVED_BY = r"\b(?:approved|rejected|accepted|endorsed|merged) (?:by|for|as|to|without|with)\b"
# Phrases that are not allowed in the words of a name. Code that approves something has names for it, so
# ``approve_refund`` passes. ``approvedByReviewer`` passes only if that name occurs in the code.
REFUSED_IN_WORDS: Mapping[str, str] = {
    **REFUSED,
    "approves or rejects": "|".join((*_IN_NAMES, _APPROVED_BY)),
}
REFUSED_IN_NAMES: Mapping[str, str] = {**REFUSED, "approves or rejects": "|".join(_IN_NAMES)}


def refuse_name(words: str) -> str | None:
    """Return why a name in the code may not be mentioned, or None if it may. ``words`` are its words.

    A single word is not a reason: ``grade_answers`` is an ordinary name.
    """
    for reason, form in REFUSED_IN_NAMES.items():
        if any(" " in found[0].strip() for found in compile_once(form).finditer(words)):
            return reason
    return None
