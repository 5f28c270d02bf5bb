"""People in what Sensei says: nobody else of the cohort, but the things that the person has named."""

import re
from collections.abc import Iterable

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.known_words import KnownWords, find_tokens
from bot.domain.guardrails.plain_vocabulary import IN_QUESTIONS

_LEAST = 3  # letters: a shorter part of a name is hardly one ("de", "bo")
_CAPITALISED = re.compile(r"(?<![\w`./@-])[A-Z][\w]*(?:['’]s)?")
_JOINED = re.compile(r"(?<![\w`/])[^\W_]+(?:[/+&][^\W_]+)+(?![\w`/])")
_YOUR_SENSEI = re.compile(r"\b(?:your|the) (?:sensei|boss|manager)\b", re.IGNORECASE)
_ABOUT = re.compile(r"\bwhat about(?= (?:the|your|those|that)\b)", re.IGNORECASE)
_UNSURE = re.compile(
    r"\bI(?:['’]m| am) not sure (?=what|which|who|where|when|how)|\bI (?:can['’]t tell|don['’]t know) "
    r"(?=what|which|who|where|when)"
)


def names_other(text: str, others: Iterable[str]) -> bool:
    """Say whether a text has the name of another person, a part of it, or their account."""
    folded = fold(text)
    words = {word.removesuffix("'s") for word in find_tokens(folded)}
    for other in map(fold, others):
        parts = {part for part in find_tokens(other) if len(part) >= _LEAST and part not in IN_QUESTIONS}
        if other and (not words.isdisjoint(parts) or re.search(rf"(?<!\w){re.escape(other)}(?!\w)", folded)):
            return True
    return False


def as_report(text: str, known: KnownWords) -> str:
    """Return a text as the rules for texts on code read it.

    Words that the person joins with a mark ("blue/green") are apart. Names of things that the person or a
    source names are in lower case, so that they don't count as people; common given names still do. What
    Sensei says of itself and of the person's sensei and manager is left out.
    """
    # "What about a queue?" suggests one; "what about the queue?" asks about one that is there.
    text = _ABOUT.sub("what is said of", text)
    plain = _UNSURE.sub("It is open ", _YOUR_SENSEI.sub("they", text))
    plain = _JOINED.sub(lambda found: _apart(found[0], known), plain)
    return _CAPITALISED.sub(lambda found: _lower(found[0], known), plain)


def _apart(words: str, known: KnownWords) -> str:
    return re.sub(r"[/+&]", " ", words) if fold(words) in known.spoken else words


def _lower(word: str, known: KnownWords) -> str:
    own = all(known.told_has(part) or known.source_has(part) for part in find_tokens(fold(word)))
    return word.lower() if own and len(word) > 1 else word
