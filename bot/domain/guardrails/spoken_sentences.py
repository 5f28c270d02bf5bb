"""Deciding on one sentence of what Sensei says: whether it stays with what others have said.

A statement must repeat what is known, and say who says it if it takes a side ("you say it's better"). What
asks may use more words, but the clause before the question is a statement again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.guardrails.known_words import NEGATION, KnownWords, find_tokens
from bot.domain.guardrails.plain_vocabulary import ANYWHERE, FINITE, IN_QUESTIONS, NUMERALS
from bot.domain.guardrails.preferred_options import names_winner, takes_side
from bot.domain.guardrails.source_links import IN_ITS_PLACE

_END = re.compile(r"(?:(?<=[.!?;])|(?<=[.!?;][\"'”’)]))\s+")
_ASKS = (
    r"(?:what|what's|which|who|who's|whom|whose|how|when|where|where's|why|is|are|was|were|do|does|did|has|have"
    r"|had|can|could|will|would|isn't|aren't|didn't|doesn't|don't|wasn't)"
)
_OPENS = re.compile(
    rf"(?:(?:and|so|but|or|then) )?(?:{_ASKS}|(?:at|in|on|for|from|with|to|by|over|under|of|about|until|after"
    r"|before|since) (?:what|which|whom|whose|how))\b"
)
# "When the third batch fails, who …": what may happen, not what is so.
_SUPPOSES = re.compile(r"(?:(?:and|so|but) )?(?:when|if|once|after|before|while|until|with|without|during)\b")
# What Sensei doesn't know asks too, but not "I'm not sure whether Redis would hold".
_OPEN_TO_SENSEI = re.compile(
    r"i(?:(?:'m| am) not sure| can't tell| don't know) (?:what|which|who|where|when)\b"
)
_QUESTION = re.compile(
    rf"[,:;]\"? (?:(?:and|so|but|or|then|say|you say),? )?(?:(?:at|in|on|for|from|with|to|by|of) )?{_ASKS}\b"
    rf"|\s- {_ASKS}\b"
)
_ABSENCE = re.compile(
    r"\bthere(?:'s| is| are) no\b|\bi (?:don't|can't) see\b|\b(?:have|has)(?:n't| not)\b|\bnot yet\b"
)
# What an answer may lack, in fixed words, so that nothing else can be called missing.
_LACKED = r"(?:number|figure|date|measurement|test|eval|trace|incident|cost|price|risk|other way)"
_NOT_SAID = re.compile(
    rf"(?:i (?:don't|can't) see|there's no|there isn't|there is no) (?:(?:an?|any) )?{_LACKED}"
    rf"(?: or (?:an? )?{_LACKED})? (?:in (?:this|that|it|your (?:answer|message))|here|there|yet|so far)"
    r"[.,;]?"
)
_TOLD = (
    r"(?:say|said|write|wrote|written|mention|mentioned|name|named|describe|described|list|listed|note|noted"
    r"|expect|expected|think|thought|found|saw|measured|counted|compared|put it)"
)
_ATTRIBUTED = re.compile(rf"\byou(?:'ve| have)? (?:also |just |both |only )?{_TOLD}\b|\bas you put it\b")
_UNDER_YOUR_NAME = re.compile(
    r"\byour (?:answer|words?|message|reply|comment|note) (?:says?|names?|mentions?|lists?)\b"
)
_MODAL = re.compile(
    r"\b(?:would|should|could|must|might|may|shall|will|ought|need|needs|better|wouldn't|shouldn't|couldn't|won't"
    r"|mustn't|never|always|i'd|you'd|he'd|they'd|i'll|you'll|we'll)\b"
)
# Those that can tell what is so, if the person told it so.
_FACTUAL = frozenset({"need", "needs", "never", "always", "will", "would"})
_BARE_VERB = re.compile(
    r"(?:^|[,;:] )(?:(?:so|then|and|but|or|just|please|maybe|perhaps|instead|now|first|next|well|never|always"
    r"|do|don't|not) ){0,3}(?:use|take|pick|choose|go|keep|put|set|drop|add|move|make|get|give|run|stay|come"
    r"|call|name|list|note|say|tell|write|mention|describe|mean|think|know|see|look|try|ask|check|measure|test"
    r"|count|compare|decide|stop|start|let|have|be|do|turn|leave|lower|raise|cut|split|mask|hash|delete|log"
    r"|store|tag|pin|roll|deploy|stream|cache|retry|return|send|read|save|load|embed|search|index|query|block"
    r"|allow|approve|expect|accept|reject)\b(?! (?:is|are|was|were|of|in|on)\b)"
)
_SUBJECT = re.compile(r"(?:so |and |but |then |now )?(?:you|nobody|no one|they|we|it|everybody|somebody)\b")


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text. A semicolon ends one."""
    yield from filter(None, map(str.strip, _END.split(text)))


def orders(folded: str) -> bool:
    """Say whether a clause begins with a verb that tells its reader what to do."""
    return bool(_BARE_VERB.search(folded))


def refuse_sentence(sentence: str, known: KnownWords) -> str | None:
    """Return why a folded sentence may not be said, or None if it may."""
    if _NOT_SAID.fullmatch(sentence):
        return None
    if _OPEN_TO_SENSEI.match(sentence):
        return _refuse_asking(sentence, known)
    if not sentence.rstrip("\"')").endswith("?"):
        return _refuse_statement(sentence, known)
    if _OPENS.match(sentence) or _SUPPOSES.match(sentence):
        return _refuse_asking(sentence, known)
    begins = list(_QUESTION.finditer(sentence))
    if not begins:
        return _refuse_statement(sentence, known)
    start = begins[0].start()
    return _refuse_statement(sentence[:start], known) or _refuse_asking(
        sentence[start:].lstrip(",:;- "), known
    )


def _refuse_asking(sentence: str, known: KnownWords) -> str | None:
    words = find_tokens(sentence)
    if not all(_is_plain(word, IN_QUESTIONS) or known.knows(word) for word in words):
        return "says more than was said"
    return "prefers an option" if takes_side(sentence) or _names_new_winner(words, known) else None


def _refuse_statement(sentence: str, known: KnownWords) -> str | None:
    words = find_tokens(sentence)
    content = [word for word in words if not _is_plain(word, ANYWHERE)]
    cites = _is_from_source(sentence, content, known)
    if not (cites or known.covers(content, denied=_denies(sentence))):
        return "says more than was said"
    if takes_side(sentence) or _names_new_winner(words, known):
        return "prefers an option"
    if cites:
        return None
    if orders(sentence):
        return "suggests a fix"
    return None if _is_attributed(sentence) else _refuse_unattributed(sentence, words, known)


def _refuse_unattributed(sentence: str, words: Sequence[str], known: KnownWords) -> str | None:
    if names_winner(sentence):
        return "prefers an option"
    modals = set(_MODAL.findall(sentence))
    if not all(modal in _FACTUAL and known.told_has(modal, exactly=True) for modal in modals):
        return "suggests a fix"
    return None if _is_account(sentence, words, known) else "answers for the person"


def _names_new_winner(words: Iterable[str], known: KnownWords) -> bool:
    """Say whether words judge that the person didn't use. What they call better may be asked about."""
    return names_winner(" ".join(word for word in words if not known.told_has(word, exactly=True)))


def _is_attributed(sentence: str) -> bool:
    return bool(_ATTRIBUTED.search(sentence) or _UNDER_YOUR_NAME.search(sentence))


def _denies(sentence: str) -> bool:
    return bool(NEGATION.search(_ABSENCE.sub(" ", sentence)))


def _is_from_source(sentence: str, content: Sequence[str], known: KnownWords) -> bool:
    return (len(content) >= 2 or IN_ITS_PLACE in sentence) and all(map(known.source_has, content))


def _is_account(sentence: str, words: Sequence[str], known: KnownWords) -> bool:
    """Say whether a statement tells what is so in the person's system, and not what they asked to be told."""
    if known.asked:
        return False
    told = [word for word in words if known.told_has(word)]
    if any(word[0].isdigit() or word in NUMERALS or word in {"once", "twice"} for word in told):
        return True
    if len(words) >= 4 and len({word for word in told if word not in ANYWHERE}) >= 2:
        return True
    return len(words) >= 3 and (
        not FINITE.isdisjoint(words) or bool(_SUBJECT.match(sentence)) or any(w.endswith("ed") for w in words)
    )


def _is_plain(word: str, plain: frozenset[str]) -> bool:
    return word in plain or word.removesuffix("'s") in plain
