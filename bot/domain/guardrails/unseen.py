"""What a question says that it sees or doesn't see: "I don't see a timeout on this call. What happens to …?"

A model speaks of itself nowhere else. Sensei judges these words as the claim that they make ("There is no
timeout on this call", "the only caller is the desk"), so "I don't see any problems" is still an approval.
"""

import re

_OPINION = (
    r"(?:good|bad|right|wrong|real|nice|clean|thing|way|problem|issue|flaw|fault|mistake|error|defect|weakness"
    r"|strength|concern|objection|improvement|point|reason|remark|downside|question|level|grade|person)s?"
)
# Only these objects: "I don't see why", "I don't see the point" are opinions.
_UNSEEN = re.compile(
    r"(?:^|(?<=[.!?;:] ))I (?:don['’]t|do not|can['’]t|cannot) see (an?|any|anything|anyone|anybody)\b"
)
# Within a sentence: "This runs each night, and I don't see a limit". "I don't see a problem" is an opinion.
_UNSEEN_WITHIN = re.compile(
    r"(?:(?<= and )|(?<= but ))I (?:don['’]t|do not|can['’]t|cannot) see an?"
    rf"(?= (?!(?:\w+ )?{_OPINION}\b))"
)
# "The only caller I see here is the desk". "The only problem I see" is an opinion.
_ONLY = re.compile(
    rf"\b([Tt]he only (?:(?!{_OPINION}\b)[\w-]+ )?(?!{_OPINION}\b)[\w-]+) (?:that )?I (?:can )?see\b"
)
_ABSENT = {"anything": "There is nothing", "anyone": "There is nobody", "anybody": "There is nobody"}
# A short sentence about one absent thing, in folded text. A list of remedies needs a comma, "and" or "or".
_ABSENCE = re.compile(r"(?:^|(?<=[.!?;:] ))there is no ([^.,;:?!]{3,80})\.(?= |$)")
_LIST = re.compile(r"\b(?:and|or|nor)\b|/")


def as_absence(text: str) -> str:
    """Return a text with "I don't see a" written as "There is no", and "the only x I see" as "the only x"."""
    text = _UNSEEN.sub(lambda found: _ABSENT.get(found[1], "There is no"), text)
    return _ONLY.sub(r"\1", _UNSEEN_WITHIN.sub("there is no", text))


def without_absence(folded: str) -> str:
    """Return a folded text without the sentences that only say what is not there.

    To name a remedy there is to say what the code shows; to name it in the question suggests it.
    """
    return _ABSENCE.sub(lambda found: found[0] if _LIST.search(found[1]) else " ", folded)
