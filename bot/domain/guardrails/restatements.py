"""The sentence before a question that only says again what the asker has written.

"You want the id gone after this request. What …?" It may use a few other ordinary words, takes no side, and
denies nothing that the asker hasn't denied.
"""

import re
from collections.abc import Sequence, Set

from bot.domain.guardrails.allowed_letters import fold
from bot.domain.guardrails.judging_words import has_judging_word
from bot.domain.guardrails.known_words import NEGATION, find_tokens, root
from bot.domain.guardrails.plain_vocabulary import ANYWHERE, IN_QUESTIONS, NUMERALS
from bot.domain.guardrails.preferred_options import names_winner, takes_side
from bot.domain.guardrails.requested_answers import find_topics
from bot.domain.guardrails.spoken_sentences import orders, split_sentences
from bot.domain.guardrails.suggested_fixes import advises

_MOST_ORDINARY = 2  # words that aren't the asker's
_LEAST_REPEATED = 1  # words that are
# What says that something isn't so, beside "not": "I get an error" may be "typing doesn't work".
_FAILS = re.compile(
    r"\b(?:errors?|fail(?:s|ed|ing|ures?)?|crash\w*|hangs?|hung|broken?|breaks|missing|misses|forgets?|dies|died"
    r"|stops?|stopped|drops?|refuses?|rejects?|lost|loses?)\b"
)
_SENTENCES = 2


def split_restatement(text: str, asked: Sequence[str]) -> tuple[str, str]:
    """Return the sentence that repeats what was asked, or "", and the rest of the text."""
    sentences = list(split_sentences(text))
    if len(sentences) != _SENTENCES or not sentences[1].endswith("?"):
        return "", text
    before = sentences[0]
    return (before, sentences[1]) if _restates(fold(before), asked) else ("", text)


def _restates(sentence: str, asked: Sequence[str]) -> bool:
    if not sentence.endswith(".") or takes_side(sentence) or names_winner(sentence):
        return False
    if has_judging_word(sentence) or advises(sentence) or orders(sentence):
        return False
    return any(_repeats(sentence, message) for message in asked)


def _repeats(sentence: str, message: str) -> bool:
    topics = "\n".join(find_topics([message]))
    known = frozenset(map(root, find_tokens(topics)))
    content = [token for token in find_tokens(sentence) if token not in ANYWHERE]
    new = [token for token in content if root(token) not in known]
    if NEGATION.search(sentence) and not (NEGATION.search(topics) or _FAILS.search(topics)):
        return False
    return (
        all(_is_ordinary(token, IN_QUESTIONS) for token in new)
        and len(new) <= _MOST_ORDINARY
        and len(content) - len(new) >= _LEAST_REPEATED
    )


def _is_ordinary(token: str, plain: Set[str]) -> bool:
    return token.removesuffix("'s") in plain and not token[0].isdigit() and token not in NUMERALS
