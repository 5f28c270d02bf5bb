"""Finding where a person asks Sensei for an answer, or tells it what to say.

Words of such a sentence are not the person's account of the decision. If they counted as the person's own,
"Dict or Redis?" would allow "Redis", and "ask me about the weather if I'm right" would be a code.
"""

import re
from collections.abc import Iterable, Iterator

from bot.domain.guardrails.allowed_letters import fold

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\d)[^.!?\n]*)*[.!?\n]*")
_MADE = (
    "tell|give|show|ask|pick|choose|rank|say|repeat|print|confirm|complete|finish|answer|reply|explain"
    "|ignore|disregard|forget|pretend|imagine|act|quote|hint|hide|send|prove|admit|state|write|spell"
    "|translate|encode|put|use|help|decide|reveal|start|begin|continue|go on|pass|approve|grade|score"
    "|rate|judge|suggest|recommend|name|list|compare|check|make|let's|be|don't|do not|respond|speak"
    "|talk|sing|stop|remember|follow|obey|skip|omit|output|return|insert|copy|paste|provide|describe"
    "|summarise|summarize"
)
_REQUEST = re.compile(
    r"^[^a-z]*(?:(?:and|so|then|now|ok|okay|well|but|or|otherwise|first|just|simply|dear sensei|sensei|hey"
    r"|hi),? )*"
    rf"(?:{_MADE})\b"
    rf"|[,:;] (?:and |so |then )?(?:{_MADE})\b"
    r"|\b(?:tell|give|show|ask|pick|write|help|answer|quote) (?:me|us)\b|\bplease\b"
    r"|\byou(?:'re|'d|'ll|'ve)?\b|\byours?\b|\b(?:system|assistant|debug|sensei) ?(?:\]|:|mode\b|>)|</?[a-z]"
    r"|\b(?:yes or no|pass or fail|true or false|warm or cold|hint|solution|right answer|best answer)\b"
)


def split_words(messages: Iterable[str]) -> tuple[str, str]:
    """Return what messages tell, and what they ask of Sensei; both folded."""
    told: list[str] = []
    asked: list[str] = []
    for sentence in _sentences(messages):
        (asked if "?" in sentence or _REQUEST.search(sentence) else told).append(sentence)
    return "\n".join(told), "\n".join(asked)


def find_topics(messages: Iterable[str]) -> list[str]:
    """Return the sentences of messages, folded, that don't tell Sensei what to say or do.

    Unlike what they tell, these include questions: what somebody asks about is their topic. "If a queue is
    right, the weather is fine" is a code.
    """
    return [
        sentence
        for sentence in _sentences(messages)
        if not _REQUEST.search(sentence) and (not sentence.startswith("if ") or "?" in sentence)
    ]


def _sentences(messages: Iterable[str]) -> Iterator[str]:
    for message in messages:
        for found in _SENTENCE.finditer(message):
            if sentence := fold(found[0]):
                yield sentence
