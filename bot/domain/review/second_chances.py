"""Facts and questions that were refused for a word. The second reader may reword them, and code checks again.

Only the new words can go out, and only if they pass the same rules as every text. Nothing hidden or
disguised, and no link, mention or markup, gets a second chance: an honest reader has no use for it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.guardrails.model_wording import MOST_CHARACTERS, REASONS, has_plain_form
from bot.domain.review.challenge_verdicts import ItemKind, Verdict

_FORM = frozenset(
    {
        "contains a code block",
        "contains a link",
        "contains markup",
        "hides characters",
        "hides words",
        "mentions an account",
        "says too little",
    }
)
REWORDABLE = REASONS - _FORM


def may_be_reworded(text: str, reason: str) -> bool:
    """Say whether a text was refused for its words only, and is not too long by far."""
    return reason in REWORDABLE and 0 < len(text) <= MOST_CHARACTERS and has_plain_form(text)


def drop_old_words(verdicts: Iterable[Verdict], problems: Sequence[str]) -> tuple[Verdict, ...]:
    """Drop each item that has a problem, unless it has new words. ``problems`` has "" for all others."""
    return tuple(
        replace(verdict, verdict="drop") if problem and verdict.verdict == "keep" else verdict
        for verdict, problem in zip(verdicts, problems, strict=True)
    )


def count_refused(
    verdicts: Iterable[Verdict], kinds: Sequence[ItemKind], problems: Sequence[str]
) -> Counter[str]:
    """Count the items that have a problem and don't go out, by reason: ``{"question: leading": 1}``.

    An item that is merged into another one is not counted, because its matter goes out.
    """
    return Counter(
        f"{kind}: {problem}"
        for verdict, kind, problem in zip(verdicts, kinds, problems, strict=True)
        if problem and verdict.verdict == "drop"
    )
