"""The kind of an enquiry: a model proposes one, and fixed rules may only make it stricter.

A question about a fact may become one about the asker's design, never the other way round.
"""

import re
from collections.abc import Sequence

from bot.domain.enquiries.records import Answer, Kind
from bot.domain.enquiries.sensitive_words import as_plain, find_sensitive
from bot.domain.text.lazy_patterns import compile_once

LADDER = frozenset({Kind.DESIGN, Kind.DEBUGGING})
"""Kinds that get hints instead of an answer."""

_THING = (
    r"(?:code|agent|app|tests?|script|function|pipeline|loop|service|server|worker|query|queries|build|deploy"
    r"(?:ment)?|prompt|tool|tools|container|chain|graph|retriever|embeddings?|model|api|client|bot|system"
    r"|capstone|program|workflow|import|stack|container|lambda|notebook|evals?|requests?|calls?|output|index)"
)
_CHOICE = (
    r"\bshould (?:i|we|my|our|the agent|it|this)\b|\b(?:do|would|could|can|might) you (?:recommend|suggest"
    r"|advise|prefer|choose|pick|go with|use|do|decide|rather)\b|\bwhat (?:would|do) you (?:use|pick|choose"
    r"|do"
    r"|think|recommend|suggest|advise)\b|\b(?:recommend(?:ed|ation|ations)?|your (?:advice|opinion|pick|take"
    r"|favou?rite))\b"
    r"|\b(?:better|best|nicer|smarter|wiser|safer|preferable|ideal|optimal)\b"
    r"|\bwhich (?:[\w-]+ ){0,6}(?:do|would|should|shall|must|can) (?:i|we|you)\b"
    r"|\bwhich (?:[\w-]+ ){0,5}(?:fits?|suits?|wins?|for (?:my|our|the) |to (?:use|pick|choose|take))"
    r"|\bis (?:it|that|this) (?:ok|okay|fine|enough|good|safe|right|worth|wise|a good idea|the right way)\b"
    r"|\b(?:worth (?:it|\w+ing)|good idea|bad idea|makes? (?:more )?sense|overkill)\b"
    r"|\bam i (?:right|better off|on the right)\b|\b(?:pros and cons|trade-?offs?)\b"
    r"|\b[\w.-]+ (?:vs\.?|versus) [\w.-]+|\bchoos(?:e|ing) between\b|\bdecid(?:e|ing) (?:between|whether"
    r"|on)\b"
    r"|\b(?:use|take|pick|choose|go with|go for|prefer) [^.?!]{1,60} or [^.?!]{1,60}\?"
    r"|\bwhat(?:'s| is) the (?:right|correct|proper|sensible|usual|standard|cleanest|simplest|easiest|fastest"
    r"|cheapest) (?:\w+ )?(?:way|choice|option|approach|solution|design|pattern|value|number|size|model|store"
    r"|architecture|answer|one|fix)\b"
    r"|\bhow (?:should|would|shall|do|can|could|must) (?:i|we|you) (?:best |properly )?(?:design|structure"
    r"|architect|split|organi[sz]e|approach|decide|choose|tackle|improve|lay out|shape|set up my|build my"
    r"|build our|solve|model)\b"
    r"|\bhow (?:many|much|large|big|small|long|high|low|often)\b[^.?!]{0,50}\b(?:should|i need|do i|for my"
    r"|for our)\b"
    r"|\b(?:for|in|of) (?:my|our) (?:own )?(?:capstone|design|architecture|system|project)\b"
    r"|\b(?:my|our) (?:design|architecture|approach|plan)\b"
)
_PLACING = (
    r"\bwhere (?:do|should|would|can|could) (?:i|we) (?:put|keep|place|store|run|host|cut|draw|check)\b"
    r"|\bwhich of (?:my|our)\b|\b(?:can|could|may|might) (?:i|we)\b[^.?!]{1,80}\binstead of\b"
    r"|\bhow (?:do|can|could|should) (?:i|we) (?:keep|prevent|avoid|make sure|stop|protect|ensure|reduce)\b"
    r"[^.?!]{0,60}\b(?:my|our)\b"
)
# "Long context or retrieval?", but not "Is it a string or a number?"
_EITHER = re.compile(
    r"(?:^|[.!?] )(?!(?:and|so|is|are|does|do|did|can|could|will|was|what|how|when|where|why|who|which|if)\b)"
    r"[^.?!]{2,80}\bor\b[^.?!]{2,80}\?"
)
_DONE_FOR_THEM = (
    r"\b(?:write|draft|generate|implement|code|build|design|make|create|refactor|rewrite|complete|finish"
    r"|solve"
    r"|do|plan|sketch|produce) (?:it|this|that|me|us|my|our|(?:all|some|the|a|an) [^.?!]{0,60}\b(?:for (?:me"
    r"|us)|code|solution|implementation|function|class|script|prompt))\b"
    r"|\b(?:write|do|solve|design|build|code|implement|fix|decide|choose|pick)\b[^.?!]{0,60}\bfor (?:me|us)\b"
    r"|\b(?:full|complete|finished|whole|ready|working|entire|final) (?:\w+ )?(?:code|solution|answer"
    r"|implementation|example|architecture|design)\b|\bgive (?:me|us) (?:the |a |some "
    r"|your )?(?:\w+ )?(?:code"
    r"|solution|answer|design|architecture|implementation|fix|function|snippet)\b"
    r"|\b(?:just|simply) (?:tell|give|show|write|say)\b|\b(?:the )?(?:solution|final answer)\b"
    r"|\bcopy(?:-| and )?paste\b"
)
_DEBUGGING = (
    rf"\b(?:my|our|the|this) (?:[\w'`-]+ ){{0,3}}{_THING} (?:[\w']+ ){{0,2}}(?:fails?|failed|failing|crash\w*"
    r"|hangs?|hung|broke|breaks?|is broken|errors?|throws?|times? out|timed out|gets? stuck|is stuck|loops?"
    r"|stops?|stopped|dies|died|refuses|returns? (?:nothing|none|null|empty|garbage|an error|the wrong)"
    r"|(?:does|do|did|is|are|was|will)(?:n't| not)|won't|can't|cannot|never|keeps?|ignores?|hallucinat\w+)\b"
    r"|\bwhy (?:does|is|are|do|did|has|was|would|won't|doesn't|isn't|don't) (?:my|our|it|this|that"
    r"|the (?:agent"
    r"|model|test|build))\b|\bwhy (?:am|do|did) i (?:get|getting|seeing|see)\b"
    r"|\bi(?:'m| am|'ve| have)? (?:\w+ )?(?:get|got|getting|see|seeing|run into|hit|hitting"
    r"|keep)\b[^.?!]{0,60}"
    r"\b(?:error|errors|exception|traceback|timeouts?|failures?|[45]\d\d|null|none|nan)\b"
    r"|\btraceback \(most recent|\bstack ?trace\b|\b(?:doesn't|does not|don't|isn't|not"
    r"|stopped) work(?:ing)?\b"
    r"|\b(?:debug|fix|repair|mend)\b|\bwhat(?:'s| is) wrong\b|\bwhat am i (?:doing wrong|missing)\b"
    r"|\bgoes wrong\b|\b(?:bug|broken)\b|\bi (?:don't|do not|can't) (?:know|see|understand|tell) why\b"
    r"|[.,!] why\?"
)
# When and where something happens, although it says "should I".
_ASKS_WHEN = re.compile(
    r"(?:^|[.!?] )(?:\w+,? )?(?:when|where|by when|who|whom|what time|which day|until when|in which channel"
    r"|how long)\b[^.?!]*\b(?:should|do|must|shall) (?:i|we)\b"
)
_QUESTION = re.compile(
    r"\?|(?:^|[.!] )(?:what|which|who|how|when|where|why|does|do|is|are|can|could)\b", re.IGNORECASE
)


def tighten_kind(kind: Kind | None, messages: Sequence[str], answers: Sequence[Answer]) -> Kind:
    """Return the kind that counts for the newest message; ``kind`` is the model's, None if it gave none.

    Who replies to a hint without asking anything new stays on the ladder.
    """
    newest = messages[-1] if messages else ""
    if find_sensitive(newest) or kind is Kind.SENSITIVE:
        return Kind.SENSITIVE
    if kind is None:
        return _last_hint(answers) or Kind.DESIGN
    if kind in LADDER:
        return kind
    text = as_plain(newest)
    if compile_once(_DEBUGGING).search(text):
        return Kind.DEBUGGING
    if compile_once(_DONE_FOR_THEM).search(text) or _asks_for_choice(text, kind):
        return Kind.DESIGN
    hinted = _last_hint(answers)
    return hinted if hinted and not _QUESTION.search(newest) else kind


def _asks_for_choice(text: str, kind: Kind) -> bool:
    if kind is Kind.LOGISTICS:
        text = _ASKS_WHEN.sub(" ", text)
    elif _EITHER.search(text):
        return True
    return any(compile_once(form).search(text) for form in (_CHOICE, _PLACING))


def _last_hint(answers: Sequence[Answer]) -> Kind | None:
    last = answers[-1].kind if answers else None
    return last if last in LADDER else None
