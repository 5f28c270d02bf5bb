"""Finding words that are disguised to evade the rules: spelt out, with digits, backwards or encoded.

A disguise is recognised by the word that it hides. Ordinary text read backwards contains none of these words.
"""

import codecs
import re

# Words that a disguise hides. A few are enough, since ordinary text disguises nothing.
_HIDDEN = re.compile(
    r"\b(?:level|excellent|brilliant|outstanding|superb|awesome|amazing|perfect|terrible|sloppy|lgtm"
    r"|approved?|rubric|merged?|great|good|bad|poor|nice|work|ignore|instructions?|should|promotion"
    r"|passes|fails|ship)\b"
)
_SPELT = re.compile(r"(?:[.-]{2,}\s+){3}|\b(?:[a-z0-9][ .\-_*·]{1,2}){3,}[a-z0-9]\b")
_JOINED = re.compile(r"\b[a-z]{1,4}(?:[-_.*·][a-z]{1,4}){2,}\b")
_ENCODED = re.compile(
    r"(?<![\w/.-])(?:(?=[\w+/]*[a-z][\w+/]*[A-Z0-9])(?=[\w+/]*[A-Z])(?=[\w+/]*[0-9])[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{12,}={1,2}|(?=[0-9a-fA-F]*[0-9])(?:[0-9a-fA-F]{2}){8,})(?![\w/-])|(?:%[0-9A-Fa-f]{2}){2}|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|&#?\w{2,8};"
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_HAS_LEET = re.compile(r"[a-z][013457@$!|]+[a-z]")
_CODE = re.compile(r"`[^`\n]*`")


def find_disguised(text: str, folded: str) -> bool:
    """Say whether a text hides words. Text between backticks is code, so it may contain anything."""
    if _ENCODED.search(_CODE.sub("`", text)) or _SPELT.search(folded):
        return True
    prose = _CODE.sub("`", folded) if "`" in folded else folded
    if _HIDDEN.search(codecs.encode(prose, "rot13")) or _has_reversed_word(prose):
        return True
    if _HAS_LEET.search(prose) and _reveals_words(prose, prose.translate(_LEET)):
        return True
    return any(_HIDDEN.fullmatch(re.sub(r"[^a-z]", "", found[0])) for found in _JOINED.finditer(prose))


def _has_reversed_word(prose: str) -> bool:
    backwards = {found[0] for found in _HIDDEN.finditer(prose[::-1])}
    return bool(backwards - {"bad", "good", "level"})


def _reveals_words(prose: str, changed: str) -> bool:
    return len(_HIDDEN.findall(changed)) > len(_HIDDEN.findall(prose))
