"""What may be said to a participant: reasons to refuse a model's words, each found by a plain rule.

A refusal loses one item; a wrong word loses trust. Where a rule cannot be sure, it refuses.
"""

import re

# Asked for in the prompts: 45 and 35. A little more is better than a lost item; much more is another text.
QUESTION_WORDS, STATEMENT_WORDS = 60, 45

_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*://|\bwww\.|\]\(", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w.+-])@[A-Za-z0-9]")
_BLOCK = re.compile(r"```|~~~")
_LEVEL = re.compile(
    r"\blevels?[\s:#-]*(?:[0-4]|zero|one|two|three|four|i{1,3}|iv)\b"
    r"|\b[0-4]\s*(?:out\s+of|of|/)\s*4\b|\bscor(?:es?|ed|ing)\s+(?:an?\s+)?[0-4]\b",
    re.IGNORECASE,
)
_GRADE = re.compile(r"\bgrades?\b|\bgraded\b", re.IGNORECASE)
_LEADING = re.compile(
    r"\b(?:have|had) you (?:considered|thought)\b|\bwhy (?:not|don't|didn't|isn't|aren't|wasn't)\b"
    r"|(?:^|[.,;:] )(?:should|would|is|could|are|do|does|did)n't\b|\bdid you forget\b"
    r"|\bwould it (?:not )?be better\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The commonest words of English, and those that questions begin with; few are words of another language.
_COMMON = """
    the a an of to in is are was were be been it its this that these those and or but if when what which who
    whom whose how why where for from with without by on at as not no does do did has have had can could would
    will should you your they their there here than then so after before one any each
"""
_ENGLISH = frozenset(_COMMON.split())
_LEAST_ENGLISH = 0.2  # of the words; ordinary English questions have 0.4 to 0.6
_LEAST_ASCII = 0.9  # of the letters


def refuse_question(text: str) -> str | None:
    """Return why a question may not be asked, or None if it may."""
    prose = _CODE.sub(" ", text).replace("’", "'")
    reasons = {
        "too long": len(text.split()) > QUESTION_WORDS,
        "not a question": "?" not in prose,
        "more than one question": prose.count("?") > 1,
        "leading": _LEADING.search(prose),
        "not English": not _has_english_words(prose),
    }
    return next((reason for reason, applies in reasons.items() if applies), None) or refuse_statement(text)


def refuse_statement(text: str) -> str | None:
    """Return why a fact, a strength or what is missing may not be said, or None if it may."""
    prose = _CODE.sub(" ", text)
    if _LEVEL.search(text) or _GRADE.search(prose):
        return "names a level"
    for reason, form in (("a code block", _BLOCK), ("a link", _LINK)):
        if form.search(text):
            return f"holds {reason}"
    if _MENTION.search(prose):
        return "mentions somebody"
    letters = [character for character in prose if character.isalpha()]
    if letters and sum(map(str.isascii, letters)) < _LEAST_ASCII * len(letters):
        return "not English"
    return None


def _has_english_words(prose: str) -> bool:
    words = _WORD.findall(prose.lower())
    return sum(word in _ENGLISH for word in words) >= max(2, _LEAST_ENGLISH * len(words))


def brief(text: str, words: int = STATEMENT_WORDS) -> str | None:
    """Cut a text to its first whole sentences of at most so many words; None if not even one fits.

    A sentence that is cut in the middle may say what its author did not.
    """
    kept: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if len(" ".join([*kept, sentence]).split()) > words:
            break
        kept.append(sentence)
    return " ".join(kept) or None
