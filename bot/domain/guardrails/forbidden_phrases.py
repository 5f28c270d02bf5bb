"""What a model may not say to anybody: levels, verdicts, approval, praise, blame, fixes, standing, orders.

Each rule is a pattern over folded text (``letters.fold``): lower case, backticks taken away. The field's own
use of the same words ("the request fails", "log level", "who approves the refund") is what they leave alone,
so most ask for the word beside what it would judge. No pattern repeats a repetition: time grows with length.
"""

from collections.abc import Mapping

from bot.domain.guardrails import praise_and_orders, verdicts
from bot.domain.text.lazy_patterns import compiled

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
_NAMED = (
    *(rule for rule in verdicts.APPROVAL if rule != verdicts.ORDER),
    r"\b(?:approved|rejected|accepted|merged) for (?:merge|merging|release|production)\b",
    r"\b(?:approve|reject|accept|merge) and (?:approve|merge|ship|close|reject)\b",
)
_BY_SOMEBODY = r"\b(?:approved|rejected|accepted|endorsed|merged) (?:by|for|as|to|without|with)\b"
# What the words of a name may not say. Code that approves something has names for it, so ``approve_refund``
# passes; ``approvedByReviewer`` passes as a name that the code has, and not where it is only made up.
OF_WORDS: Mapping[str, str] = {
    **REFUSED,
    "approves or rejects": "|".join((*_NAMED, _BY_SOMEBODY)),
}
OF_NAMES: Mapping[str, str] = {**REFUSED, "approves or rejects": "|".join(_NAMED)}


def refuse_name(words: str) -> str | None:
    """Return why a name of the code may not be said, or None if it may.

    One word alone is not a reason: ``grade_answers`` is an ordinary name. ``words`` are those of the name.
    """
    for reason, form in OF_NAMES.items():
        if any(" " in found[0].strip() for found in compiled(form).finditer(words)):
            return reason
    return None
