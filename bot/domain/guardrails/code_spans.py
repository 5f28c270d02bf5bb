"""Reading the text between backticks in a model's answer: names of the code, other code, or plain words.

``approved_by_reviewer`` means the same as those three words, so a name is also read as its words. The rules
are less strict for a name that occurs in the code ("`add_timeout` is called twice"), but not where it is a
predicate ("the loop is `add_timeout`") or an order ("`set` a limit").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.suggested_fixes import VERB

SPAN = re.compile(r"`([^`\n]+)`")
# A name as written in code: dotted, joined by hyphens or underscores, called without arguments.
_NAME = re.compile(r"-{0,2}[\w.-]*[^\W\d_][\w.-]*(?:\(\)|\(…\))?")
# The ends of the words in a name: "level_4", "levelFour", "HTTPError", "level4", "level.four".
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]|\d+")
# At least three words and no sign of code: a comment, or a string with a statement.
_SENTENCE = re.compile(r"[#/* ]*[^\W\d_]+(?:[,;.]? +[\w'’-]+){2,}[.,!?]?")
# A name of several words, within other code.
_LONG_NAME = re.compile(r"\b(?=\w*(?:[^\W_]_[^\W_]|[a-z][A-Z]))\w+")
_PREDICATE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|becomes?|remains?|looks|seems|rated|marked|judged|labelled"
    r"|deserves?|earns?|gets?|needs?|wants?|lacks?|misses)"
    r"(?: (?:an?|the|now|not|so|very|in|on|at|as|to|already|thus|to be))?\s*[\"'(]?$"
)
_CLAUSE = re.compile(
    r"(?:^|[.!?;:,(]\s*[\"']?|\s-\s|\b(?:please|just|simply|instead|better|then|to|and|so|should|must)\s)$"
)
_OBJECT = re.compile(
    r"^ (?:`|(?:an?|the|this|that|these|those|it|its|them|one|all|each|every|your|another|more|some|to|around"
    r"|here|instead)\b)"
)
_MODAL = re.compile(r"should(?:n't)?|must(?:n't)?|ought|better|please|let's", re.IGNORECASE)


@dataclass(frozen=True)
class FoldedText:
    """A text, folded and without backticks.

    In ``without_code``, "it" replaces code. ``words`` are the names that are read as words of the sentence,
    and any whole sentences between backticks. ``names`` are the other names, each split into its words.
    ``english`` is the text that must be English.
    """

    bare: str
    without_code: str
    english: str
    words: tuple[str, ...]
    names: tuple[str, ...]


def fold_text(text: str, has: Callable[[str], bool]) -> FoldedText:
    """Read the text between backticks. ``has`` tells whether a name occurs in the code."""
    words: list[str] = []
    names: list[str] = []
    bare, without_code, english = list[str](), list[str](), list[str]()
    done = 0
    for found in SPAN.finditer(text):
        between, done = text[done : found.start()], found.end()
        span = found[1]
        as_words = _is_words(found, text, has)
        plain = spell_out(span) if as_words else span
        if as_words:
            words.append(spell_out(span))
        elif _SENTENCE.fullmatch(span):
            words.append(fold(span.lstrip("#/* ")))
        else:
            names += map(spell_out, [span] if _NAME.fullmatch(span) else _LONG_NAME.findall(span))
        bare += between, plain
        without_code += between, plain if as_words or " " in span else "it"
        english += between, plain if as_words else " "
    rest = text[done:]
    return FoldedText(
        bare=fold("".join([*bare, rest])),
        without_code=fold("".join([*without_code, rest])),
        english=fold("".join([*english, rest])),
        words=tuple(words),
        names=tuple(names),
    )


def spell_out(name: str) -> str:
    """Return the words of a name, in lower case: "approved by reviewer" for ``approvedByReviewer``."""
    return " ".join(_PARTS.findall(name)).lower()


def _is_words(found: re.Match[str], text: str, has: Callable[[str], bool]) -> bool:
    """Say whether a name is read as its words: because it isn't in the code, or because of its position."""
    span = found[1]
    if not _NAME.fullmatch(span):
        return False
    before, after = fold(text[: found.start()] + "\0")[:-1], text[found.end() : found.end() + 12].lower()
    parts = re.findall(r"\w+", span)
    if not all(map(has, parts)) or _MODAL.fullmatch(span) or _PREDICATE.search(before):
        return True
    return bool(VERB.match(spell_out(span)) and _CLAUSE.search(before) and _OBJECT.search(after))
