"""Fitting a thread into a request: the newest message whole, and of older ones what matters longest.

Words are only left out, never replaced, and code does it, not a model. What the asker decided, ruled out,
measured or must observe stays whole as long as it fits; of their other sentences, first the ends are left
out, then all of it, and the oldest go first.
"""

import re
from collections.abc import Sequence

MOST_OF_A_THREAD = 8000
"""Maximum characters of all messages in a request: some 2,000 tokens."""
MOST_OF_THE_NEWEST = 5000
LEFT_OUT = "…"

_START_WORDS = 12
"""Words of a sentence that stay when its end is left out."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SETTLES = re.compile(
    r"\b(?:decid\w+|chose|chosen|choos\w+|picked|settled|agreed|went with|going with|go with|ruled out"
    r"|rejected"
    r"|dropped|instead of|rather than|won't|will not|can't|cannot|must|mustn't|only|never|always|because"
    r"|since"
    r"|so that|measured|counted|tried|saw|found|noticed|limit|deadline|we(?:'ll| will) use|i(?:'ll"
    r"| will) use)\b",
    re.IGNORECASE,
)


def shorten_thread(messages: Sequence[str]) -> tuple[str, ...]:
    """Return messages, newest last, with words left out so that they fit. A message may become "…"."""
    if not messages:
        return ()
    newest = _cut(messages[-1], MOST_OF_THE_NEWEST)
    older = [list(filter(None, _SENTENCE.split(message))) for message in messages[:-1]]
    left = MOST_OF_A_THREAD - len(newest)
    for shorten in (_keep_start, _leave_out):
        for settles in (False, True):
            for sentences in older:
                for at, sentence in enumerate(sentences):
                    if _measure(older) <= left:
                        break
                    if bool(_SETTLES.search(sentence)) is settles and not (
                        settles and shorten is _keep_start
                    ):
                        sentences[at] = shorten(sentence)
    return (*map(_join, older), newest)


def _keep_start(sentence: str) -> str:
    words = sentence.split()
    return sentence if len(words) <= _START_WORDS else " ".join([*words[:_START_WORDS], LEFT_OUT])


def _leave_out(_sentence: str) -> str:
    return LEFT_OUT


def _measure(messages: Sequence[Sequence[str]]) -> int:
    return sum(len(_join(sentences)) for sentences in messages)


def _join(sentences: Sequence[str]) -> str:
    text = " ".join(sentences)
    return re.sub(rf"{LEFT_OUT}(?: {LEFT_OUT})+", LEFT_OUT, text)


def _cut(text: str, most: int) -> str:
    """Return a text whole, or its beginning and its end: what somebody asks tends to stand at either."""
    if len(text) <= most:
        return text
    half = (most - len(LEFT_OUT) - 2) // 2
    return f"{text[:half]} {LEFT_OUT} {text[-half:]}"
