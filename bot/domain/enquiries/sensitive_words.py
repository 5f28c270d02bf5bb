"""Recognising what a person should answer: distress, conflict, harassment, health, law, somebody's standing.

It needs no model, so that no model reads such a message. The patterns are for the form of ``as_plain``. The
same words are about software more often than not ("kill the worker"), so most need somebody beside them.
"""

from bot.domain.text.lazy_patterns import compile_once

# People around the asker. What happens to a process ("my worker keeps dying") is another matter.
_WHO = (
    r"(?:(?:my|the|our|a|one of the|another|some) )?(?:senseis?|deputy|leads?|boss|manager|team lead"
    r"|colleagues?"
    r"|team ?mates?|co-?workers?|peers?|cohort|participants?|employer|supervisor|mentor|he|she|they|somebody"
    r"|someone|people)"
)
_FEELING = (
    r"(?:depress(?:ed|ion)|burn(?:t|ed|ing)[ -]?out|overwhelmed|exhausted|anxious|panick\w*|miserable"
    r"|desperate"
    r"|hopeless|worthless|ashamed|humiliated|lonely|isolated|terrified|frightened|in tears|stressed(?: out)?"
    r"|drowning|breaking down|falling apart|unwell|suicidal|traumati[sz]ed|grieving|useless|bullied|harassed"
    r"|threatened|discriminated|unsafe|an? (?:failure|fraud|impostor|imposter)|at breaking point|not coping"
    r"|struggling to cope|at my limit(?! (?:for|of|in|on)\b)|so tired of (?:this|it|everything)|fed up"
    r"|(?:afraid|scared)(?: to\b| of (?:my|him|her|them|losing|being|failing|coming|going|opening|talking"
    r"|what|every"
    r"|people|speaking)\b|[.!,;]?$))"
)
# What remarks and jokes may be about without being about a person.
_WORK = (
    r"(?:pull requests?|prs?|code|design|tests?|naming|names|commits?|branch\w*|architecture|api|docs"
    r"|documentation|readme|schema|decisions?|capstone|functions?|classes|variables?|config\w*|prompts?|rubric|index|cache"
    r"|retries|latency|milestones?|yaml|logs|error handling|diagrams?|structure)"
)
_HARMS = (
    r"(?:shout\w*|yell\w*|scream\w*|swear\w*|swore) at (?:me|us)|(?:insult|mock|humiliat|belittl|ridicul"
    r"|bull[yi]"
    r"|threaten|harass|stalk|exclud|undermin|intimidat|abus|sabotag|bad-?mouth)\w* (?:me|us|my)|(?:shout"
    r"|yell|scream"
    r"|humiliat|belittl|ridicul|bully|bullie)\w*|laugh(?:s|ed|ing)? at me|ignor(?:es?|ed|ing) (?:me"
    r"|my messages|us)"
    r"|hates? me|lied (?:to|about) me|lies (?:to|about) me|touch(?:es|ed|ing) (?:me|my)|makes? fun of me"
    r"|made fun of me"
    r"|ma[dk]es? me (?:feel|cry)|(?:mak(?:es?|ing)|made|keeps? making) (?:\w+ )?(?:jokes|comments"
    rf"|remarks) about (?:me|my(?! (?:\w+ ){{0,2}}{_WORK}\b)"
    r"|women|where)|comment(?:s|ed|ing) on my (?:body|looks|clothes|accent|weight|hair)|(?:sends?|sent"
    r"|sending|writes?"
    r"|texts?) me (?:messages|mails|texts|pictures|photos)|follow(?:s|ed|ing) me (?:home|around)"
    r"|takes? credit|took credit"
    r"|picking on me|out to get me|treat(?:s|ed|ing)? me (?:\w+ )?(?:unfairly|differently|badly|worse|like)"
    r"|blam(?:es|ed"
    r"|ing) me"
)
_PRODUCT_NOUNS = (
    r"(?:chat)?(?:bots?|data\w*|apps?|scores?|scales?|questionnaires?|labels?|class(?:es|ifiers?)?|cases?"
    r"|agents?|detectors?|corpus|patients?|forum|posts?|prompts?)\b"
)
_PERSONAL = (
    rf"\bi(?:'m| am|'ve been| have been| feel| felt|'m feeling| am feeling| was|'m being"
    rf"| am being)(?: \w+){{0,3}} {_FEELING}"
    rf"|\bma[dk]es? me (?:feel )?(?:so |very |really )?{_FEELING}|\b(?:i'm|i am|feel|feeling"
    rf"|been) (?:\w+ )?burn(?:t|ing|ed)"
    r"[ -]?out\b|\b(?:my|of|from|with|to|near|about) burn-?out\b|\bpanic attacks?\b"
    r"|\bi (?:can't|cannot|can not|couldn't|can hardly) (?:cope|go on|take (?:it|this) any ?more"
    r"|do this any ?more|stop crying"
    r"|face (?:it|this|him|her|them|another|the|coming)|sleep(?: (?:any ?more|at night|because|since|before"
    r"|for days|over))?"
    r"(?:[.,;!]|$| and\b))|\bi (?:\w+ )?(?:can't|cannot) sleep(?:[.,;!]|$| and\b| because\b)"
    r"|\bthat i can't sleep\b|\b(?:i|and|just) (?:\w+ )?(?:cried|cry|crying|am crying)\b(?! with laughter)"
    r"|\b(?:kill|hurt|harm|cut) myself\b|\bend (?:my life|it all)\b|\bbetter off without me\b"
    r"|\bif i (?:wasn't|weren't|were"
    r" not|disappeared|was gone)\b[^.?!]*\b(?:here|better|care)\b"
    r"|\b(?:don't|do not) want to (?:live|be here any ?more|be alive|wake up)\b"
    r"|\bmy (?:mental health|therapist|psychiatrist|psychologist|medication|antidepressants?|depression"
    r"|anxiety|adhd|autism"
    r"|disability|dyslexia|diagnosis|illness|pregnancy|surgery|cancer|migraines?|doctor (?:says?|said"
    r"|told))\b"
    r"|\b(?:new|the|on|off) medication\b|\bi(?:'m| am|'ve been| was| got"
    r"|'ve just been) (?:\w+ )?(?:diagnosed|hospitali[sz]ed"
    r"|signed off|off sick|in hospital|pregnant|ill|autistic|disabled|dyslexic)\b|\bi(?:'m| am| have"
    r"|'ve)(?: \w+){0,3} (?:cancer"
    r"|miscarriage|surgery|chemo\w*|adhd|migraines?)\b|\bhad a miscarriage\b|\bsick (?:leave|note)\b"
    r"|\bmedical (?:leave|certificate|reasons?|appointment|treatment)\b"
    r"|\bmy (?:mother|father|mum|dad|mom|wife|husband|partner|child|son|daughter|brother|sister|friend"
    r"|grand\w+|baby)"
    r" (?:\w+ )?(?:died|passed away|is (?:dying|ill|sick|in hospital)|has (?:died|cancer))\b|\bbereave\w+\b"
    rf"|\b{_WHO} (?:\w+ ){{0,3}}(?:{_HARMS})\b|\b{_WHO} is (?:\w+ )?(?:unfair|rude|hostile|aggressive|drunk"
    rf"|racist|sexist)\b"
    rf"|\b(?:conflict|fight|row|argument|problem|trouble|fell out|falling out|don't get on|can't work"
    rf"|cannot work"
    rf"|don't feel safe|uncomfortable|complain|complaint) (?:with|about|around|against) (?:my|a|the"
    rf"|one of the) (?:sensei|deputy"
    r"|lead|boss|manager|colleague|team ?mate|participant)s?\b|\bformal complaint\b"
    r"|\b(?:sensei|lead|boss|manager|deputy) and i (?:\w+ )?(?:don't|do not|can't|fought|argued|had|are not"
    r"|aren't|no longer)\b"
    r"|\b(?:change|swap|switch|replace|another|a different|a new|other) (?:my )?sensei\b(?! (?:is|rules|sees"
    r"|reads))"
    r"|\b(?:don't|do not|can't|no longer) trust (?:my|the|our|a) (?:sensei|lead|boss|manager|deputy)\b"
    r"|\b(?:get|getting|be|being|been|gets|got|was|am i|i'm) (?:\w+ )?(?:fired|sacked|laid off"
    r"|made redundant|kicked out"
    r" of the|thrown out of the|demoted|put on a (?:pip|performance))\b(?! (?:event|trigger|twice|once|hook"
    r"|callback))"
    r"|\b(?:fire|sack|dismiss|demote|expel) me\b|\b(?:kick|throw) me out\b|\b(?:lose|losing|lost|afraid for"
    r"|worried about"
    r"|fear for|risk|quit|quitting|cost(?:s|ing)? me) my (?:job|position|career|visa|promotion|bonus)\b"
    r"|\bmy (?:contract|notice period|visa|work permit|rights|promotion|salary|bonus|performance review)\b"
    r"|\bbecause (?:i'm|i am|of my) (?:the only |an? )?(?:woman|man|gay|lesbian|trans\w*|black|asian|muslim"
    r"|jewish|foreign\w*"
    r"|pregnant|older?|young|disab\w+|accent|age|gender|religion|skin|race)\b|\bonly (?:woman|black|gay"
    r"|foreign\w*|person of"
    r" colou?r|muslim)\b|\b(?:quit|leave|leaving|drop(?:ping)? out of|give up on) the (?:dojo|program(?:me)?"
    r"|cohort)\b"
    r"|\bwhat (?:does|do|did) (?:my sensei|the senseis|they|my lead|my boss"
    r"|my manager) (?:really )?think (?:of|about) me\b"
    r"|\b(?:i'm|i am) not good enough\b|\bi (?:don't|do not) belong\b|\bhate (?:myself|my life)\b"
    r"|\bno point in (?:going on"
    r"|living)\b"
    r"|\bi (?:\w+ )?(?:(?:want|wanted|wish|would like) (?:to |i could |i was |i were )(?:just )?(?:die"
    r"|be dead|dead|disappear(?=[.,!;]|$| and\b| from (?:here|this|everything|the world)\b))"
    r"|wanna die)\b(?! of laugh| laughing)"
    r"|\bi(?:'ve| have| suffer from|'m suffering from| am suffering from| struggle with|'m struggling with"
    r"| live with) (?:(?:a|an|been|got|had|my|some|such|really|very|quite|bad|severe|chronic|clinical|social"
    r"|mild|terrible|serious|history|of|lot) ){0,3}(?:depression|anxiety|ptsd|bipolar|panic disorder|insomnia"
    rf"|burn-?out|an? eating disorder|eating disorder|suicidal thoughts)\b(?! {_PRODUCT_NOUNS})"
    r"|\bcall(?:s|ed|ing)? me (?:(?:a|an|the) )?(?:\w+ )?(?:(?:\w+[ -])?slurs?|names|n-word|stupid|lazy|dumb"
    r"|worthless|useless|idiot|moron|crazy|retard\w*|bitch|slut|whore|f\w*g{1,2}ot)\b"
    r"|\bask(?:s|ed|ing)? me (?:out(?! of)|on a date)\b|\b(?:hit|hits|hitting) on me\b|\bflirt\w* with me\b"
    r"|\b(?:kiss(?:ed|es)?|hug(?:ged|s)|assault(?:ed|s)?|punch(?:ed|es)?|slap(?:ped|s)?) me\b"
    r"|\b(?:asks?|asked|asking|wants?|wanted) (?:me )?(?:for )?(?:nude|naked|intimate) (?:pictures|photos)\b"
    rf"|\b{_WHO} (?:\w+ ){{0,3}}(?:mak(?:es?|ing)|made|cracks?) (?:\w+ ){{0,2}}(?:remarks|jokes)"
    rf" (?:about|on|at) (?!(?:\w+ ){{0,4}}{_WORK}\b)"
)
# Topics of which no other word in a message takes anything away, unless a product's part is named for them.
_SEVERE = (
    r"(?:suicid\w+|self-?harm\w*|sexual(?:ly)?|harass(?:ed|ment|ing|es|er)?|molest\w*|grop(?:e|es|ed|ing)"
    r"|rap(?:e[ds]?|ists?))"
)
_BETWEEN = (
    r"(?:(?!(?:i|me|my|he|she|they|him|her|them|us|we|sensei|senseis|lead|leads|colleague)\b)\w+,? ){0,4}"
)
_ABOUT_A_FILTER = (
    # "harassment classifier", "40 suicide-related prompts"
    rf"\b{_SEVERE}(?:[ -](?:related|content|text|messages?))* (?:filters?|classifiers?|detectors?|detection"
    r"|categor(?:y|ies)|checks?|thresholds?|labels?"
    r"|scores?|evals?|data ?sets?|test cases?|prompts?|examples?|moderation"
    r"|false positives|recall|precision|benchmarks?)\b"
    # "screens messages for harassment", "which guardrail policy in Bedrock covers self-harm"
    r"|\b(?:screens|filters?|flags|classif(?:y|ies)|moderates?|moderation|detects?|guardrails?|classifiers?"
    rf"|detectors?|data ?sets?|evals?) {_BETWEEN}{_SEVERE}(?! (?:me|us|my|by)\b)"
)
# Topics that are often those of a product.
_TOPICS = (
    r"\b(?:bully(?:ing)?|mobbing|stalk(?:ed|ing)|blackmail\w*|sexist|racist|racism|sexism|homophob\w+"
    r"|transphob\w+|discriminat(?:ed|ion|ory|es)|slurs?(?! of)"
    r"|mental health|threatening me|lawsuit|lawyers?|solicitor|tribunal|legal (?:action"
    r"|advice|rights?"
    r"|trouble|steps)|sue|sued|suing|grievance|works council|whistle-?blow\w*|ombuds\w*|police|non-?compete"
    r"|severance"
    r"|redundanc(?:y|ies) (?:round|pay|package)|layoffs?)\b"
)
_ABOUT_A_PRODUCT = (
    r"\b(?:filters?|polic(?:y|ies)|guardrails?|moderat\w+|evals?|prompts?|persona|false positives?"
    r"|classif\w+|data ?sets?"
    r"|corpus|screens?|detect\w*|agents?|models?|assistant|bot|rubric|bias|loss|chunks?|index|tickets"
    r"|documents|labels?"
    r"|test cases|recall|precision|retrieval|outputs?|embedding\w*|customers?|users?|product)\b"
)
_SENTENCE_ENDS = r"[.!?;]+\s"


def find_sensitive(text: str) -> bool:
    """Say whether a message is about distress, a conflict, health, the law or somebody's standing."""
    plain = as_plain(text)
    if compile_once(_PERSONAL).search(plain):
        return True
    if compile_once(rf"\b{_SEVERE}\b").search(compile_once(_ABOUT_A_FILTER).sub(" ", plain)):
        return True
    return any(_names_topic(sentence) for sentence in compile_once(_SENTENCE_ENDS).split(plain))


def _names_topic(sentence: str) -> bool:
    """Say whether a sentence names a topic, and nothing in it says that a product is about it."""
    is_named = compile_once(_TOPICS).search(sentence) is not None
    return is_named and compile_once(_ABOUT_A_PRODUCT).search(sentence) is None


def as_plain(text: str) -> str:
    """Return text in lower case, with straight apostrophes and single spaces."""
    return " ".join(text.replace("’", "'").replace("‘", "'").lower().split())
