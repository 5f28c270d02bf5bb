"""Finding words masked by a mark, a gap or a digit, which a reader recognises but a rule does not.

Marks that prose never needs are refused. Others, such as hyphens and dots, are removed, and the rules are
applied once more.
"""

import re
from collections.abc import Iterator

from bot.domain.guardrails.judging_words import is_judging
from bot.domain.guardrails.language_detection import is_common

# A code span counts as one character: a letter next to it is a word that continues in code.
_LETTER = r"[^\W\d_]"
_UNDERSCORE = re.compile(r"\w_|_\w")
_MARKED = re.compile(rf"{_LETTER}(?P<mark>[^\w\s.'’/`-]+)(?=(?P<next>{_LETTER}))|\\|[~^$|÷°·]|{_LETTER}\+")
_PLURAL = re.compile(r"\((?:s|es)\)")
_RANGE = re.compile(r"\b(?:a–z|A–Z)\b")  # of letters
_APOSTROPHE = re.compile(rf"{_LETTER}['’](?!(?:s|t|re|ve|ll|d|m|clock)\b)(?={_LETTER})", re.IGNORECASE)
_SLASHED = re.compile(rf"(?<![\w/.-])({_LETTER}+)/({_LETTER}+)(?![\w/])")
_SLASH = re.compile(rf"{_LETTER}/|/{_LETTER}")
_SHORT_PAIR = re.compile(r"(?:i/o|a/b|ci/cd|tcp/ip|n/a|and/or|w/o)", re.IGNORECASE)
_WITH_DIGIT = re.compile(r"(?<!\w)(?=\w*\d)(?=\w*[^\W\d_])\w+")
# "429s", "2x", "3rd", "200ms"; "p95", "v2", "s3"; and names that contain a digit.
_ORDINARY = re.compile(
    r"\d+(?:[a-z]|st|nd|rd|th|ms|us|ns|kb|mb|gb|tb|kib|mib|gib|px|hz|am|pm|min|ds|xx|xs)|[a-z]\d{1,4}s?|\dxx"
    r"|http[123]|oauth2|sha\d{1,3}|md5|utf\d{1,2}|base\d\d|u?int\d{1,2}|b?fp?\d{1,2}|bf16|float\d\d|ipv[46]"
    r"|k8s|i18n|l10n|e2e|python[23]|sqlite3|boto3|log4j|bm25|ec2|neo4j|uuid\d|mp[34]|gpt\d|es\d|ed25519"
    r"|x86|arm64|amd64|latin1|f1|c4|o\d|int8|q\d|route53|auth0|web3|s3",
    re.IGNORECASE,
)
_HYPHEN = re.compile(rf"(?<={_LETTER})[-’']+(?={_LETTER})")
# Inside a word: "ap.proved", "level.four"; not in "0.5" or "i.e.", nor at the end of a sentence.
_DOT = re.compile(rf"(?<={_LETTER}{_LETTER})\.(?={_LETTER})|(?<={_LETTER})\.(?={_LETTER}{_LETTER})")
_WORDS = re.compile(r"[a-z]+")
_PAIR = re.compile(r"(?=\b([a-z]{1,9}) ([a-z]{1,9})\b)")


def find_masked(prose: str) -> bool:
    """Say whether a word contains a sign that is rare in words. In ``prose``, a code span is a backtick."""
    plain = _RANGE.sub("", _PLURAL.sub("", prose))
    return bool(
        _UNDERSCORE.search(plain)
        or _MARKED.search(plain)
        or _APOSTROPHE.search(plain)
        or _SLASH.search(_SLASHED.sub(_remove_slash, plain))
        or any(not _ORDINARY.fullmatch(found[0]) for found in _WITH_DIGIT.finditer(plain))
    )


def unmask(folded: str) -> Iterator[str]:
    """Yield variants of a folded text without the signs that join or split its words, if they differ."""
    forms = {
        _HYPHEN.sub("", folded),
        re.sub(r"[-/]+", " ", folded),
        re.sub(r"(?<=[a-z])/(?=[a-z])", "", folded),
        _close_gaps(folded),
        _DOT.sub("", folded),
        _close_gaps(_DOT.sub(" ", folded)),
    }
    yield from sorted(forms - {folded})


def _remove_slash(found: re.Match[str]) -> str:
    """Return nothing for two ordinary words joined by a slash ("read/write"), or else the match."""
    if _SHORT_PAIR.fullmatch(found[0]):
        return ""
    return "" if all(is_common(word.lower()) and len(word) > 1 for word in found.groups()) else found[0]


def _close_gaps(folded: str) -> str:
    """Close the gaps inside words, and drop one of two equal letters where the result is a word."""
    words = folded.split(" ")
    kept: list[str] = []
    for word in words:
        before = kept[-1] if kept else ""
        both = before + word.rstrip(".,;:!?")
        if before.isalpha() and both.isalpha() and _is_split_word(before, word.rstrip(".,;:!?")):
            kept[-1] = before + word
        else:
            kept.append(word)
    return _WORDS.sub(_drop_double_letter, " ".join(kept))


def _is_split_word(before: str, after: str) -> bool:
    both = before + after
    if is_judging(both):
        return True
    return is_common(both) and not (is_common(before) and is_common(after))


def _drop_double_letter(found: re.Match[str]) -> str:
    word = found[0]
    if is_common(word) or is_judging(word):
        return word
    for twice in re.finditer(r"([a-z])\1", word):
        once = word[: twice.start()] + word[twice.start() + 1 :]
        if is_common(once) or is_judging(once):
            return once
    return word
