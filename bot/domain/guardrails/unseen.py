"""What a question says that it doesn't see: "I don't see a timeout on this call. What happens to …?"

A model speaks of itself nowhere else. Sensei judges this sentence as the claim that it makes ("There is no
timeout on this call"), so "I don't see any problems" is still an approval.
"""

import re

# Only these objects: "I don't see why", "I don't see the point" are opinions.
_UNSEEN = re.compile(
    r"(?:^|(?<=[.!?;:] ))I (?:don['’]t|do not|can['’]t|cannot) see (an?|any|anything|anyone|anybody)\b"
)
_ABSENT = {"anything": "There is nothing", "anyone": "There is nobody", "anybody": "There is nobody"}
# A short sentence about one absent thing, in folded text. A list of remedies needs a comma, "and" or "or".
_ABSENCE = re.compile(r"(?:^|(?<=[.!?;:] ))there is no ([^.,;:?!]{3,80})\.(?= |$)")
_LIST = re.compile(r"\b(?:and|or|nor)\b|/")


def as_absence(text: str) -> str:
    """Return a text with "I don't see a" written as "There is no"."""
    return _UNSEEN.sub(lambda found: _ABSENT.get(found[1], "There is no"), text)


def without_absence(folded: str) -> str:
    """Return a folded text without the sentences that only say what is not there.

    To name a remedy there is to say what the code shows; to name it in the question suggests it.
    """
    return _ABSENCE.sub(lambda found: found[0] if _LIST.search(found[1]) else " ", folded)
