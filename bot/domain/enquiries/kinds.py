"""The kind of an enquiry: a model proposes one, and fixed rules may only make it stricter.

A question about a fact may become one about the asker's design, never the other way round. What is sensitive
is found without any model, so that no model reads it.
"""

import re
from collections.abc import Sequence

from bot.domain.enquiries.records import Answer, Kind
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
    r"|advise|prefer|choose|pick|go with|use|do|decide|rather)\b|\bwhat (?:would|do) you (?:use|pick|choose|do"
    r"|think|recommend|suggest|advise)\b|\b(?:recommend(?:ed|ation|ations)?|your (?:advice|opinion|pick|take"
    r"|favou?rite))\b"
    r"|\b(?:better|best|nicer|smarter|wiser|safer|preferable|ideal|optimal)\b"
    r"|\bwhich (?:[\w-]+ ){0,6}(?:do|would|should|shall|must|can) (?:i|we|you)\b"
    r"|\bwhich (?:[\w-]+ ){0,5}(?:fits?|suits?|wins?|for (?:my|our|the) |to (?:use|pick|choose|take))"
    r"|\bis (?:it|that|this) (?:ok|okay|fine|enough|good|safe|right|worth|wise|a good idea|the right way)\b"
    r"|\b(?:worth (?:it|\w+ing)|good idea|bad idea|makes? (?:more )?sense|overkill)\b"
    r"|\bam i (?:right|better off|on the right)\b|\b(?:pros and cons|trade-?offs?)\b"
    r"|\b[\w.-]+ (?:vs\.?|versus) [\w.-]+|\bchoos(?:e|ing) between\b|\bdecid(?:e|ing) (?:between|whether|on)\b"
    r"|\b(?:use|take|pick|choose|go with|go for|prefer) [^.?!]{1,60} or [^.?!]{1,60}\?"
    r"|\bwhat(?:'s| is) the (?:right|correct|proper|sensible|usual|standard|cleanest|simplest|easiest|fastest"
    r"|cheapest) (?:\w+ )?(?:way|choice|option|approach|solution|design|pattern|value|number|size|model|store"
    r"|architecture|answer|one|fix)\b"
    r"|\bhow (?:should|would|shall|do|can|could|must) (?:i|we|you) (?:best |properly )?(?:design|structure"
    r"|architect|split|organi[sz]e|approach|decide|choose|tackle|improve|lay out|shape|set up my|build my"
    r"|build our|solve|model)\b"
    r"|\bhow (?:many|much|large|big|small|long|high|low|often)\b[^.?!]{0,50}\b(?:should|i need|do i|for my|for our)\b"
    r"|\b(?:for|in|of) (?:my|our) (?:own )?(?:capstone|design|architecture|system|project)\b"
    r"|\b(?:my|our) (?:design|architecture|approach|plan)\b"
)
_DONE_FOR_THEM = (
    r"\b(?:write|draft|generate|implement|code|build|design|make|create|refactor|rewrite|complete|finish|solve"
    r"|do|plan|sketch|produce) (?:it|this|that|me|us|my|our|(?:all|some|the|a|an) [^.?!]{0,60}\b(?:for (?:me"
    r"|us)|code|solution|implementation|function|class|script|prompt))\b"
    r"|\b(?:write|do|solve|design|build|code|implement|fix|decide|choose|pick)\b[^.?!]{0,60}\bfor (?:me|us)\b"
    r"|\b(?:full|complete|finished|whole|ready|working|entire|final) (?:\w+ )?(?:code|solution|answer"
    r"|implementation|example|architecture|design)\b|\bgive (?:me|us) (?:the |a |some |your )?(?:\w+ )?(?:code"
    r"|solution|answer|design|architecture|implementation|fix|function|snippet)\b"
    r"|\b(?:just|simply) (?:tell|give|show|write|say)\b|\b(?:the )?(?:solution|final answer)\b"
    r"|\bcopy(?:-| and )?paste\b"
)
_DEBUGGING = (
    rf"\b(?:my|our|the|this) (?:[\w'`-]+ ){{0,3}}{_THING} (?:[\w']+ ){{0,2}}(?:fails?|failed|failing|crash\w*"
    r"|hangs?|hung|broke|breaks?|is broken|errors?|throws?|times? out|timed out|gets? stuck|is stuck|loops?"
    r"|stops?|stopped|dies|died|refuses|returns? (?:nothing|none|null|empty|garbage|an error|the wrong)"
    r"|(?:does|do|did|is|are|was|will)(?:n't| not)|won't|can't|cannot|never|keeps?|ignores?|hallucinat\w+)\b"
    r"|\bwhy (?:does|is|are|do|did|has|was|would|won't|doesn't|isn't|don't) (?:my|our|it|this|that|the (?:agent"
    r"|model|test|build))\b|\bwhy (?:am|do|did) i (?:get|getting|seeing|see)\b"
    r"|\bi(?:'m| am|'ve| have)? (?:\w+ )?(?:get|got|getting|see|seeing|run into|hit|hitting|keep)\b[^.?!]{0,60}"
    r"\b(?:error|errors|exception|traceback|timeouts?|failures?|[45]\d\d|null|none|nan)\b"
    r"|\btraceback \(most recent|\bstack ?trace\b|\b(?:doesn't|does not|don't|isn't|not|stopped) work(?:ing)?\b"
    r"|\b(?:debug|fix|repair|mend)\b|\bwhat(?:'s| is) wrong\b|\bwhat am i (?:doing wrong|missing)\b"
    r"|\bgoes wrong\b|\b(?:bug|broken)\b"
)
# When and where something happens, and what the rubric expects, although it says "should I".
_ASKS_WHEN = re.compile(
    r"(?:^|[.!?] )(?:\w+,? )?(?:when|where|by when|who|whom|what time|which day|until when|in which channel"
    r"|how long)\b[^.?!]*\b(?:should|do|must|shall) (?:i|we)\b"
)
_QUESTION = re.compile(
    r"\?|(?:^|[.!] )(?:what|which|who|how|when|where|why|does|do|is|are|can|could)\b", re.IGNORECASE
)

# Themselves, somebody close to their work, and what happens to a person and not to a process.
_WHO = (
    r"(?:my|the|our) (?:sensei|deputy|lead|boss|manager|team lead|colleagues?|team ?mates?|co-?workers?|peers?"
    r"|cohort|employer|supervisor|mentor)"
)
_FEELING = (
    r"(?:depress\w+|burn(?:t|ed|ing)[ -]?out|overwhelmed|exhausted|anxious|panick\w*|miserable|desperate"
    r"|hopeless|worthless|ashamed|humiliat\w+|lonely|isolated|afraid|scared|terrified|frightened|crying|in tears"
    r"|stressed(?: out)?|drowning|breaking down|falling apart|unwell|suicidal|traumati[sz]ed|grieving"
    r"|useless|an? (?:failure|fraud|impostor|imposter)|at breaking point|at my limit|not coping|struggling to"
    r" cope|so tired of (?:this|it|everything)|fed up)"
)
_SENSITIVE = (
    rf"\bi(?:'m| am|'ve been| have been| feel| felt|'m feeling| am feeling| was)(?: \w+){{0,3}} {_FEELING}\b"
    rf"|\bmakes? me (?:feel )?(?:so |very |really )?{_FEELING}\b|\bburn-?out\b|\bpanic attacks?\b"
    r"|\b(?:can't|cannot|can not|couldn't) (?:cope|go on|take (?:it|this) any ?more|do this any ?more|sleep|stop"
    r" crying|face (?:it|this|him|her|them|another|the|coming))\b|\b(?:cried|crying|cry) (?:after|before|at|every"
    r"|in|about|all|myself|over)\b|\b(?:kill|hurt|harm|cut) myself\b|\bself-harm\b|\bend (?:my life|it all)\b"
    r"|\bsuicid\w+\b|\b(?:don't|do not) want to (?:live|be here any ?more|be alive|wake up)\b"
    r"|\bmental(?:ly)? (?:health|ill)\b|\b(?:therap(?:y|ist)|psychiatrist|psychologist|antidepressants?)\b"
    r"|\b(?:i(?:'m| am)|been|just been|was|got) (?:diagnosed|hospitali[sz]ed|signed off|off sick|in hospital)\b"
    r"|\bsick (?:leave|note)\b|\bmedical (?:leave|condition|certificate|reasons?|appointment|treatment)\b"
    r"|\b(?:chemo\w*|cancer|miscarriage|pregnan\w+|surgery|adhd|autis\w+|disabilit\w+|migraines?|dyslexi\w+)\b"
    r"|\b(?:my|our) (?:mother|father|mum|dad|mom|wife|husband|partner|child|son|daughter|brother|sister|friend"
    r"|grand\w+) (?:\w+ )?(?:died|passed away|is (?:dying|ill|sick|in hospital)|has (?:died|cancer))\b"
    r"|\bbereave\w+\b|\bpassed away\b|\b(?:a )?funeral\b"
    r"|\b(?:harass\w*|bull(?:y|ies|ied|ying)|mobbing|molest\w*|assault(?:ed|s)?|stalk(?:ed|ing|s) me|groped?"
    r"|threaten(?:s|ed|ing)? (?:me|to (?:fire|report|hit|throw|fail|hurt|tell))|blackmail\w*|intimidat\w+"
    r"|sexual\w*|sexist|racist|racism|sexism|homophob\w+|transphob\w+|discriminat(?:ed|es|ion|ory)"
    r"(?! (?:between|loss|analysis|model))|abus(?:es|ed|ing|ive) (?:me|us|towards|behaviou?r)|gaslight\w*)\b"
    rf"|\b{_WHO} (?:\w+ ){{0,3}}(?:shout\w*|yell\w*|scream\w*|insult\w*|mock\w*|laughs? at|laughed at|humiliat\w+"
    r"|belittl\w+|ridicul\w+|ignores? me|ignored me|hates?|hate|lied|lies|touch\w*|excludes?|excluded|swear\w*"
    r"|swore|makes? fun|made fun|makes? me feel|made me feel|made me cry|makes? comments|made (?:a )?comments?"
    r"|undermin\w+|threatens?|threatened|takes? credit|took credit|blames? me|blamed me|bad-?mouth\w*"
    r"|sabotag\w+|is (?:unfair|rude|hostile|aggressive|drunk|out to get))\b"
    rf"|\b(?:conflict|fight|row|argument|problem|issue|trouble|fell out|falling out|don't get on|can't work"
    rf"|cannot work|don't feel safe|unsafe|uncomfortable|complain|complaint) (?:\w+ )?(?:with|about|around|against)"
    rf" {_WHO}\b|\bafraid of {_WHO}\b|\bscared of {_WHO}\b|\b(?:change|swap|switch|replace|another|a different"
    r"|a new) (?:my )?sensei\b[^.?!]*\b(?:because|he|she|don't|can't|trust)\b"
    rf"|\b(?:i )?(?:don't|do not|can't|no longer) trust {_WHO}\b"
    r"|\b(?:sues?|sued|suing|lawsuit|lawyer|solicitor|attorney|tribunal|legal (?:action|advice|claim|rights?"
    r"|trouble|steps|department)|my (?:contract|notice period|visa|work permit|rights)|grievance|works council"
    r"|whistle-?blow\w*|ombuds\w*|break(?:s|ing)? the law|illegal\w*|police|non-?compete|severance|nda)\b"
    r"|\b(?:get|getting|be|being|been|gets|got|was|am i|i'm) (?:\w+ )?(?:fired|sacked|laid off|made redundant"
    r"|let go|kicked out|thrown out|dismissed|demoted|put on a (?:pip|performance))\b"
    r"|\b(?:lose|losing|lost|keep|afraid for|worried about|fear for|risk|quit|quitting|leave|cost(?:s|ing)? me) my"
    r" (?:job|position|place|career|visa|promotion|bonus)\b|\b(?:redundanc(?:y|ies)|layoffs?|dismissal"
    r"|performance (?:improvement|plan|review)|promotion|pay rise|salary|my bonus)\b"
    r"|\b(?:he|she|they|sensei|boss|manager|lead) (?:is|are|was|'s)? ?(?:out to get me|picking on me|treating me"
    r" (?:unfairly|differently|badly))\b|\btreat(?:s|ed|ing)? (?:me|us|women|people like me) (?:\w+ )?(?:unfairly"
    r"|differently|badly|worse|like)\b|\bbecause (?:i'm|i am|of my) (?:an? )?(?:woman|man|gay|lesbian|trans\w*|black"
    r"|asian|muslim|jewish|foreign\w*|pregnant|older?|young|disab\w+|accent|age|gender|religion|skin|race)\b"
    r"|\b(?:quit|leave|leaving|drop out of|dropping out of|give up on) the (?:dojo|program(?:me)?|cohort)\b"
    r"|\bwhat (?:does|do|did) (?:my sensei|the senseis|they|my lead|my boss|my manager) (?:really )?think (?:of|about)"
    r" me\b|\b(?:is|are) [A-Z]?\w+ (?:going to (?:fail|be fired)|worse than me|any good)\b"
    r"|\b(?:not good enough|don't belong|do not belong|hate myself|hate my life|no point in (?:going on|living"
    r"|anything)|nothing matters)\b"
)


def find_sensitive(text: str) -> bool:
    """Say whether a message is about distress, a conflict, health, the law or somebody's standing."""
    return bool(compile_once(_SENSITIVE).search(_plain(text)))


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
    text = _plain(newest)
    if compile_once(_DEBUGGING).search(text):
        return Kind.DEBUGGING
    if compile_once(_DONE_FOR_THEM).search(text) or _asks_for_choice(text, kind):
        return Kind.DESIGN
    hinted = _last_hint(answers)
    return hinted if hinted and not _QUESTION.search(newest) else kind


def _asks_for_choice(text: str, kind: Kind) -> bool:
    if kind in {Kind.LOGISTICS, Kind.RUBRIC}:
        text = _ASKS_WHEN.sub(" ", text)
    return bool(compile_once(_CHOICE).search(text))


def _last_hint(answers: Sequence[Answer]) -> Kind | None:
    last = answers[-1].kind if answers else None
    return last if last in LADDER else None


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").lower().split())
