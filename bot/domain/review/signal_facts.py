"""What a rubric's signals state about a quote that one of them has found.

The ledger keeps neither the signal nor its words with a quote, but the rubric has examples for each signal.
"""

import re
from collections.abc import Iterator

from bot.domain.review.signals import detect_language
from bot.domain.rubrics.flow_wording import PLACEHOLDER
from bot.domain.rubrics.rubric import Criterion, signal_owners

_LEAST_CHARACTERS = 7
_HEAD = re.compile(r"[^(=:]*[(=:]")
_VERSION = re.compile(r"""(?<![\w.-])([a-z][\w.]*-[\w.-]*\d[\w.-]*)["']?$""")


def find_fact(criterion: Criterion, check: str, path: str, quote: str) -> str:
    """Return the fact of the only signal of a check with such code in an example, or an empty string.

    Such code is the quote; if no example has it, the version that it ends with, such as that of a model; else
    its beginning up to the first ``(``, ``=`` or ``:``, or the last name in this beginning.
    """
    facts = list(_list_facts(criterion, check, detect_language(path)))
    head, version = _HEAD.match(_squash(quote)), _VERSION.search(_squash(quote))
    begins = head[0] if head else ""
    for wanted in (_squash(quote), version[1] if version else "", begins, begins.rpartition(".")[2]):
        if len(wanted) < _LEAST_CHARACTERS:
            continue
        texts = {text for text, examples in facts if wanted in examples}
        if texts:
            return texts.pop() if len(texts) == 1 else ""
    return ""


def find_ask_about(criterion: Criterion, check: str, fact: str) -> str:
    """Return what the rubric asks about a fact, or an empty string if the check asks about something else.

    A check's own signals find what it asks about. An anti-pattern's may find anything that weakens the check.
    """
    return next(
        (
            one.ask
            for one in criterion.checks
            if one.id == check and any(signal.text == fact for signal in one.signals)
        ),
        "",
    )


def _list_facts(criterion: Criterion, check: str, language: str | None) -> Iterator[tuple[str, str]]:
    """Yield each fact in fixed words that counts against a check, with the examples of its signal."""
    for _, owner in signal_owners([criterion]):
        if getattr(owner, "check", owner.id) != check:
            continue
        for signal in owner.signals:
            text = signal.text or ""
            if signal.yields == "concern" and PLACEHOLDER not in text:
                examples = [one for known, rule in signal.rules() if known == language for one in rule.match]
                yield text, "\n".join(map(_squash, examples))


def _squash(text: str) -> str:
    return "".join(text.split())
