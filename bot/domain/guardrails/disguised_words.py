"""Words that are written so that a rule does not see them: spelt out, with digits, backwards, encoded.

A disguise is recognised by what it hides. Honest text never gives one of these words when it is turned round.
"""

import codecs
import re

# What is hidden in a disguise; few words are enough, since nothing honest is disguised.
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
    """Say whether a text hides words; what stands between backticks is code and may hold anything."""
    if _ENCODED.search(_CODE.sub("`", text)) or _SPELT.search(folded):
        return True
    prose = _CODE.sub("`", folded) if "`" in folded else folded
    if _HIDDEN.search(codecs.encode(prose, "rot13")) or _turned(prose):
        return True
    if _HAS_LEET.search(prose) and _shows(prose, prose.translate(_LEET)):
        return True
    return any(_HIDDEN.fullmatch(re.sub(r"[^a-z]", "", found[0])) for found in _JOINED.finditer(prose))


def _turned(prose: str) -> bool:
    backwards = {found[0] for found in _HIDDEN.finditer(prose[::-1])}
    return bool(backwards - {"bad", "good", "level"})


def _shows(prose: str, changed: str) -> bool:
    return len(_HIDDEN.findall(changed)) > len(_HIDDEN.findall(prose))
