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

# People around the asker. What happens to a process ("my worker keeps dying") is another matter.
_WHO = (
    r"(?:(?:my|the|our|a|one of the|another|some) )?(?:senseis?|deputy|leads?|boss|manager|team lead|colleagues?"
    r"|team ?mates?|co-?workers?|peers?|cohort|participants?|employer|supervisor|mentor|he|she|they|somebody"
    r"|someone|people)"
)
_FEELING = (
    r"(?:depress(?:ed|ion)|burn(?:t|ed|ing)[ -]?out|overwhelmed|exhausted|anxious|panick\w*|miserable|desperate"
    r"|hopeless|worthless|ashamed|humiliated|lonely|isolated|terrified|frightened|in tears|stressed(?: out)?"
    r"|drowning|breaking down|falling apart|unwell|suicidal|traumati[sz]ed|grieving|useless|bullied|harassed"
    r"|threatened|discriminated|unsafe|an? (?:failure|fraud|impostor|imposter)|at breaking point|not coping"
    r"|struggling to cope|at my limit(?! (?:for|of|in|on)\b)|so tired of (?:this|it|everything)|fed up"
    r"|(?:afraid|scared)(?: to\b| of (?:my|him|her|them|losing|being|failing|coming|going|opening|talking|what|every"
    r"|people|speaking)\b|[.!,;]?$))"
)
_HARMS = (
    r"(?:shout\w*|yell\w*|scream\w*|swear\w*|swore) at (?:me|us)|(?:insult|mock|humiliat|belittl|ridicul|bull[yi]"
    r"|threaten|harass|stalk|exclud|undermin|intimidat|abus|sabotag|bad-?mouth)\w* (?:me|us|my)|(?:shout|yell|scream"
    r"|humiliat|belittl|ridicul|bully|bullie)\w*|laugh(?:s|ed|ing)? at me|ignor(?:es?|ed|ing) (?:me|my messages|us)"
    r"|hates? me|lied (?:to|about) me|lies (?:to|about) me|touch(?:es|ed|ing) (?:me|my)|makes? fun of me|made fun of me"
    r"|ma[dk]es? me (?:feel|cry)|(?:mak(?:es?|ing)|made|keeps? making) (?:\w+ )?(?:jokes|comments|remarks) about (?:me|my"
    r"|women|where)|comment(?:s|ed|ing) on my (?:body|looks|clothes|accent|weight|hair)|(?:sends?|sent|sending|writes?"
    r"|texts?) me (?:messages|mails|texts|pictures|photos)|follow(?:s|ed|ing) me (?:home|around)|takes? credit|took credit"
    r"|picking on me|out to get me|treat(?:s|ed|ing)? me (?:\w+ )?(?:unfairly|differently|badly|worse|like)|blam(?:es|ed"
    r"|ing) me"
)
_PERSONAL = (
    rf"\bi(?:'m| am|'ve been| have been| feel| felt|'m feeling| am feeling| was|'m being| am being)(?: \w+){{0,3}} {_FEELING}"
    rf"|\bma[dk]es? me (?:feel )?(?:so |very |really )?{_FEELING}|\b(?:i'm|i am|feel|feeling|been) (?:\w+ )?burn(?:t|ing|ed)"
    r"[ -]?out\b|\b(?:my|of|from|with|to|near|about) burn-?out\b|\bpanic attacks?\b"
    r"|\bi (?:can't|cannot|can not|couldn't|can hardly) (?:cope|go on|take (?:it|this) any ?more|do this any ?more|stop crying"
    r"|face (?:it|this|him|her|them|another|the|coming)|sleep(?: (?:any ?more|at night|because|since|before|for days|over))?"
    r"(?:[.,;!]|$| and\b))|\bi (?:\w+ )?(?:can't|cannot) sleep(?:[.,;!]|$| and\b| because\b)"
    r"|\bthat i can't sleep\b|\b(?:i|and|just) (?:\w+ )?(?:cried|cry|crying|am crying)\b(?! with laughter)"
    r"|\b(?:kill|hurt|harm|cut) myself\b|\bend (?:my life|it all)\b|\bbetter off without me\b|\bif i (?:wasn't|weren't|were"
    r" not|disappeared|was gone)\b[^.?!]*\b(?:here|better|care)\b"
    r"|\b(?:don't|do not) want to (?:live|be here any ?more|be alive|wake up)\b"
    r"|\bmy (?:mental health|therapist|psychiatrist|psychologist|medication|antidepressants?|depression|anxiety|adhd|autism"
    r"|disability|dyslexia|diagnosis|illness|pregnancy|surgery|cancer|migraines?|doctor (?:says?|said|told))\b"
    r"|\b(?:new|the|on|off) medication\b|\bi(?:'m| am|'ve been| was| got|'ve just been) (?:\w+ )?(?:diagnosed|hospitali[sz]ed"
    r"|signed off|off sick|in hospital|pregnant|ill|autistic|disabled|dyslexic)\b|\bi(?:'m| am| have|'ve)(?: \w+){0,3} (?:cancer"
    r"|miscarriage|surgery|chemo\w*|adhd|migraines?)\b|\bhad a miscarriage\b|\bsick (?:leave|note)\b"
    r"|\bmedical (?:leave|certificate|reasons?|appointment|treatment)\b"
    r"|\bmy (?:mother|father|mum|dad|mom|wife|husband|partner|child|son|daughter|brother|sister|friend|grand\w+|baby)"
    r" (?:\w+ )?(?:died|passed away|is (?:dying|ill|sick|in hospital)|has (?:died|cancer))\b|\bbereave\w+\b"
    rf"|\b{_WHO} (?:\w+ ){{0,3}}(?:{_HARMS})\b|\b{_WHO} is (?:\w+ )?(?:unfair|rude|hostile|aggressive|drunk|racist|sexist)\b"
    rf"|\b(?:conflict|fight|row|argument|problem|trouble|fell out|falling out|don't get on|can't work|cannot work"
    rf"|don't feel safe|uncomfortable|complain|complaint) (?:with|about|around|against) (?:my|a|the|one of the) (?:sensei|deputy"
    r"|lead|boss|manager|colleague|team ?mate|participant)s?\b|\bformal complaint\b"
    r"|\b(?:sensei|lead|boss|manager|deputy) and i (?:\w+ )?(?:don't|do not|can't|fought|argued|had|are not|aren't|no longer)\b"
    r"|\b(?:change|swap|switch|replace|another|a different|a new|other) (?:my )?sensei\b(?! (?:is|rules|sees|reads))"
    r"|\b(?:don't|do not|can't|no longer) trust (?:my|the|our|a) (?:sensei|lead|boss|manager|deputy)\b"
    r"|\b(?:get|getting|be|being|been|gets|got|was|am i|i'm) (?:\w+ )?(?:fired|sacked|laid off|made redundant|kicked out"
    r" of the|thrown out of the|demoted|put on a (?:pip|performance))\b(?! (?:event|trigger|twice|once|hook|callback))"
    r"|\b(?:fire|sack|dismiss|demote|expel) me\b|\b(?:kick|throw) me out\b|\b(?:lose|losing|lost|afraid for|worried about"
    r"|fear for|risk|quit|quitting|cost(?:s|ing)? me) my (?:job|position|career|visa|promotion|bonus)\b"
    r"|\bmy (?:contract|notice period|visa|work permit|rights|promotion|salary|bonus|performance review)\b"
    r"|\bbecause (?:i'm|i am|of my) (?:the only |an? )?(?:woman|man|gay|lesbian|trans\w*|black|asian|muslim|jewish|foreign\w*"
    r"|pregnant|older?|young|disab\w+|accent|age|gender|religion|skin|race)\b|\bonly (?:woman|black|gay|foreign\w*|person of"
    r" colou?r|muslim)\b|\b(?:quit|leave|leaving|drop(?:ping)? out of|give up on) the (?:dojo|program(?:me)?|cohort)\b"
    r"|\bwhat (?:does|do|did) (?:my sensei|the senseis|they|my lead|my boss|my manager) (?:really )?think (?:of|about) me\b"
    r"|\b(?:i'm|i am) not good enough\b|\bi (?:don't|do not) belong\b|\bhate (?:myself|my life)\b|\bno point in (?:going on"
    r"|living)\b"
)
# Topics that can be those of a product, too.
_TOPICS = (
    r"\b(?:sexual(?:ly)? (?:harass\w*|assault\w*|abus\w*)|harass(?:ed|ment|ing|es)|bully(?:ing)?|mobbing|molest\w*"
    r"|stalk(?:ed|ing)|groped?|blackmail\w*|sexist|racist|racism|sexism|homophob\w+|transphob\w+|discriminat(?:ed|ion|ory|es)"
    r"|suicid\w+|self-harm|mental health|threatening me|lawsuit|lawyers?|solicitor|tribunal|legal (?:action|advice|rights?"
    r"|trouble|steps)|sue|sued|suing|grievance|works council|whistle-?blow\w*|ombuds\w*|police|non-?compete|severance"
    r"|redundanc(?:y|ies) (?:round|pay|package)|layoffs?)\b"
)
_ABOUT_A_PRODUCT = re.compile(
    r"\b(?:filters?|polic(?:y|ies)|guardrails?|moderat\w+|evals?|prompts?|persona|false positives?|classif\w+|data ?sets?"
    r"|corpus|screens?|detect\w*|agents?|models?|assistant|bot|rubric|bias|loss|chunks?|index|tickets|documents|labels?"
    r"|test cases|outputs?|embedding\w*|customers?|users?|product)\b"
)


def find_sensitive(text: str) -> bool:
    """Say whether a message is about distress, a conflict, health, the law or somebody's standing."""
    plain = _plain(text)
    if compile_once(_PERSONAL).search(plain):
        return True
    return bool(compile_once(_TOPICS).search(plain)) and not _ABOUT_A_PRODUCT.search(plain)


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
