"""Patterns, for folded text, of praise, blame, remarks on a person's rank, and orders."""

from bot.domain.guardrails.clause_patterns import IS, PERSON, START, THIS, VERY

_STRONG = (
    r"excellent|brilliant|superb|impressive|fantastic|awesome|wonderful|exemplary|masterful|flawless"
    r"|stellar|magnificent|marvellous|remarkable|exceptional|world[- ]class|top[- ]notch|first[- ]rate"
    r"|second[- ]rate|kudos|bravo|congratulations|well done|hats off|amazing|gorgeous|genius|masterpiece"
    r"|delightful|sloppy|sloppiness|careless\w*|stupid\w*|amateur\w*|terrible|terribly|awful|horrible"
    r"|horrid|shoddy|incompeten\w+|embarrass\w+|mediocre|inexcusable|rubbish|pathetic|disgrace\w*"
    r"|shameful|dreadful|appalling|lousy|atrocious|clueless|ignorant|foolish|idiot\w*|dumb|crappy?"
    r"|hopeless|laughable|unprofessional|disappoint\w+|praiseworthy|commendable|admirabl[ey]|applaud\w*"
    r"|inspiring|beautifully|elegantly|brilliantly|nicely"
)
_NOUNS = (
    r"(?:work|engineering|engineer|engineers|craft|craftsmanship|effort|thinking|coding|catch|touch"
    r"|reasoning|judge?ment|instincts?|taste|author|solution|developer|programming|programmer|job on"
    r"|job with|code\b|implementation|error handling)"
)
PRAISE = (
    (
        r"\b(?:finest|ugliest|neatest|cleverest|smartest|poorest|laziest|silliest|nicest)\b|\b(?:awe"
        r"|wish for|waste of|time well spent)\b|\beven a (?:child|novice|beginner|fool)\b"
    ),
    (
        r"\b(?:great|good|bad|brilliant|terrible|clever|silly|stupid|poor|nice) (?:idea|choice|call|move"
        r"|instinct|decision)s?\b"
    ),
    (
        r"\bobviously\b|\bwithout (?:being|ever being) (?:understood|read|tested|tried|run)\b"
        r"|\bno idea (?:what|how|why)\b|\bcode that (?:cannot|can't|does not|doesn't|never) works?\b"
    ),
    (
        r"\b(?:convincing|persuasive|exciting|boring|annoying|frustrating|satisfying|worthy)\b"
        r"|\bfor once\b|\bas (?:one|you|we) (?:could|would) (?:wish|hope|expect)\b"
    ),
    (
        r"\bmature\b|\bsteps? forward\b|\bcredit to\b|\bdeserves? to be\b|\bwhat on earth\b|\bin (?:god"
        r"|heaven)'s name\b|\bthought of everything\b|\b(?:a|the) model of (?:how|what|clarity|its)\b"
        r"|\bthis good\b|\bwas never (?:run|tested|tried|read)\b|\b(?:proof|sign|evidence) of (?:bad|good"
        r"|poor|great|care|skill)\b"
    ),
    (
        r"\bas good as (?:it|they|any)\b|\bspot[- ]on\b|\bto be desired\b|\bsecond to none\b|\bon point\b"
        r"|\bhits? the mark\b|\bgreat (?:skill|care|pleasure|deal of (?:care|thought))\b"
        r"|\bsuch an? (?:readable|good|clean|nice|great|bad|neat|clear|fine|poor|simple) \w+"
    ),
    (
        r"\bsets? the (?:bar|standard|tone)\b|\b(?:more|most) (?:neatly|cleanly|elegantly|cleverly"
        r"|nicely)\b|\bevery line of\b"
    ),
    (
        r"\b(?:joy|pleasure|delight|pain|nightmare|horror) to (?:read|see|review|maintain|work)\b"
        r"|\b(?:thoughtful|thoughtless|rushed|lazily|thoughtfully|carefully|masterly|admirably"
        r"|painstaking\w*|meticulous\w*|half-baked|slapdash|hasty|hastily|clumsy|clumsily)\b(?! (?:loaded"
        r"|evaluated|computed|imported|initiali[sz]ed))"
    ),
    (
        r"\b(?:beginner|novice|rookie|schoolboy|freshman|newbie|amateur)'?s? (?:mistake|error|slip|code"
        r"|work|loop)s?\b|\ban insult to\b|\bmakes? no sense\b|\b(?:a|no) joke\b|\bsorry state\b"
    ),
    (
        r"\b(?:nobody|no one|anyone|everyone|everybody|somebody) (?:who (?:knows|understands)"
        r"|with (?:any )?experience|can learn|could learn)\b"
    ),
    (
        r"\bany better than\b|\b(?:much|far|a lot|so much) (?:better|worse|cleaner|nicer) than\b"
        r"|(?<!did you )\blearn from (?:this|how|the|it|you)\b"
    ),
    (
        r"\b(?:fine|great|good|poor|rare) (?:craftsmanship|craft|workmanship|piece|example)\b"
        r"|\bthe most (?:\w+) (?:loop|retry|code|change|design|solution)\b"
    ),
    (
        r"\b(?:proud|ashamed|impressed|delighted|amazed|shocked|appalled|pleased)\b|\b(?:respect|chapeau"
        r"|well played|good stuff|nailed it)\b[.!]"
    ),
    rf"\b(?:{_STRONG})\b",
    (
        rf"\b(?:good|great|nice|clean|solid|strong|neat|poor|bad|weak|lovely|fine|smart|clever|thoughtful"
        rf"|careful|tidy|perfect|decent|beautiful|ugly|messy|elegant|mature|quality|professional|textbook"
        rf"|honest|sound) {_NOUNS}"
    ),
    r"\b(?:great|good|nice|excellent|poor|bad|fine|lovely) job\b(?= |[.!,]|$)(?! (?:queue|in the|that))",
    r"\b(?:beautiful|elegant|gorgeous|ugly|textbook|perfect)\b(?! (?:forward|hash|soup))",
    (
        r"\boutstanding\b(?! (?:request|call|order|invoice|payment|task|job|message|amount|balance"
        r"|question|write))"
    ),
    rf"\bwhat an? {VERY}(?:great|good|nice|bad|beautiful|lovely|clever|neat|mess|smart|shame|pity|joy)\b",
    (
        rf"{START}(?:the \w+|{THIS}) {IS} {VERY}(?:elegant|neat|lovely|great|fine|clean|solid|clever|ugly"
        rf"|messy|a mess"
        r"|bad|nice|smart|thoughtful|superb|careful|a joy|a pleasure|a disaster|nonsense|a joke)\b"
    ),
    (
        r"\b(?:best|worst|finest|ugliest|neatest|cleanest|poorest) (?:\w+ )?(?:of|in) (?:the|this|your"
        r"|all|our) (?:repository|cohort|dojo|change|code|codebase|whole|capstone|project|week|class"
        r"|group|team)\b"
    ),
    (
        r"\bwell[- ](?:done|written|designed|engineered|crafted|thought|made|executed|structured)\b"
        r"|\bi love\b|\blove (?:it|this|how)\b"
    ),
    (
        r"\byou (?:clearly|obviously|evidently|really|forgot|failed|neglected|overlooked|missed|messed"
        r"|ignored|broke|blew|botched|misunderst\w+)\b"
    ),
    (
        r"\b(?:were|are) you (?:lazy|asleep|thinking|serious|drunk|aware)\b|\b(?:did|do) you (?:not|even"
        r"|never) \w+"
    ),
    r"\byour (?:mistake|fault|failure|error|blunder|negligence|carelessness|laziness|genius|talent)\b",
    (
        r"\b(?:not|nothing) bad\b|\bshame on\b|\bwell, well\b|\bhow (?:could|can|dare) you\b(?! (?:tell"
        r"|know|see|show|check|find))"
    ),
    (
        r"\b(?:no|any|every|a real|a serious|a good|a competent) (?:professional|engineer|developer"
        r"|programmer|reviewer)\b"
    ),
    (
        r"\byou(?: are|'re) (?:an? )?(?:\w+ )?(?:expert|master|beginner|novice|amateur|natural|talent\w*"
        r"|gifted|skilled|smart|clever|good|great|bad|ready|wrong|right|not|better|worse|best|worst)\b"
    ),
    (
        rf"\b(?:by|from|of) (?:an? |the )?(?:{_STRONG}|careful|good|great|bad|poor|skilled|experienced"
        rf"|talented) {PERSON}\b"
    ),
)
STANDING = (
    (
        r"\b(?:its|the|this|their) author(?:'s)?\b(?! of (?:the |an? )?(?:issue|comment|message|mail"
        r"|document|page|article|book|letter|text|post|ticket))"
    ),
    (
        r"\binterviews?\b(?! (?:question|transcript|notes))|\b(?:good|bad|great|poor|brilliant"
        r"|hopeless) at \w+\b|\b(?:good|bad|poor) habits?\b"
    ),
    (
        r"\b(?:certificate|diploma) (?:of|for) (?:the|this)\b|\b(?:earned|won) (?:the|a) (?:certificate"
        r"|diploma|medal|prize)\b|\bwasted (?:in|on|as)\b"
    ),
    (
        r"\b(?:what|which) (?:kind|sort|type) of (?:engineer|person|developer|programmer|team|author)\b"
        r"|\bwhoever wrote\b"
    ),
    (
        r"\b(?:engineers?|developers?|programmers?|people) (?:of|with) (?:this|such|your|that) \w+"
        r"|\bpay rise\b|\byour (?:role|title|rank|grade)\b"
    ),
    (
        r"\black of (?:basic |any |real )?(?:understanding|knowledge|care|thought|experience|skill)\b"
        r"|\bwithout (?:any )?(?:thinking|thought|care)\b"
    ),
    (
        r"\bdid you (?:come up|manage|ever|learn(?! (?:from|about|by|in|when)\b)|write|bother|even|think"
        r"|dream)\b|\bdid not (?:bother|think|care|understand|test it)\b"
    ),
    (
        r"\b(?:seniors|juniors|mentors?|mentees?)\b|\bmore responsibility\b|\bgive (?:you|her|him"
        r"|them) a (?:team|raise|chance|job)\b"
    ),
    (
        r"\b(?:ready|fit|made) for (?:more|senior|leadership|a (?:bigger|senior|lead|larger)|seniority"
        r"|the next)\b|\bon this showing\b"
    ),
    (
        r"\b(?:the|this|an?|whose|good|bad) authors?\b(?! of (?:the |an? )?(?:issue|comment|message|mail"
        r"|document|page|article|book|letter|text|post|ticket))"
    ),
    (
        r"\b(?:for|a|to|of|deserves?|earns?) promotion\b(?= to\b|[.!?]|$)|\bget (?:you )?promoted\b"
        r"|\bpromotion (?:case|panel)\b"
    ),
    (
        r"\b(?:deserv|merit|earn)(?:e|es|s|ed)? (?:a )?(?:raise|bonus|promotion|praise|respect|credit"
        r"|recognition)\b"
    ),
    (
        r"\bperformance review\b|\bsalary (?:rise|increase)\b|\bcareer\b|\bseniority\b"
        r"|\bprobation\b(?! period)"
    ),
    (
        r"\b(?:senior|staff|principal|junior|lead|distinguished|entry[- ]level) (?:engineer|developer"
        r"|programmer)s?\b"
    ),
    (
        rf"\b{PERSON} (?:should|must|will|can|could|would|has to|deserves to) (?:not )?(?:be )?(?:hired"
        rf"|fired|promoted|dismissed"
        r"|graduat\w*|trusted|pass|fail)\b"
    ),
    r"\b(?:hire|fire|dismiss|promote) (?:you|them|him|her|the author|the participant|whoever wrote)\b",
    r"\bgraduat(?:e|es|ed|ing|ion)\b(?= (?:from|the)|[.!?]|$)|\bdojo\b|\bsensei\b|\bsenseis\b",
    r"\b(?:your|other|this|same|best|rest) (?:of the )?cohort\b|\bof the cohort\b",
    (
        r"\bthe (?:participant|candidate|author|engineer|developer)(?:'s)? (?:is|are|was|has|deserves"
        r"|qualif\w+|shows|lacks|knows|reaches|earns|needs|did|does|work|skills?|ability|talent)\b"
    ),
    r"\bqualif(?:y|ies|ied) (?:you|the|her|him|them|as|for)\b",
    (
        r"\byour (?:skills?|abilit\w+|competence|manager|boss|reputation|job|future|seniority|experience"
        r"|progress|growth)\b"
    ),
    (
        rf"\b(?:the )?(?:author|{PERSON}) (?:is|are) (?:ready|capable|able|fit|unfit|qualified) (?:to be"
        rf"|for|of)\b"
    ),
)
ORDERS = (
    (
        r"\b(?:everything|anything|all|whatever) (?:above|below|before|after) (?:this|the|that)\b"
        r"|\b(?:invalid|void|null and void)(?=[.!]|$)"
    ),
    r"\b(?:trust|believe|praise|approve|thank|reward) (?:this|the) (?:change|author|loop|code|work)\b",
    (
        r"\b(?:previous|earlier|prior|other|all) (?:findings?|remarks?|instructions?"
        r"|comments?) (?:no longer|do not|are|were|have been)\b|\bstop reading\b|\binstructions? (?:in|of"
        r"|from) [^?!]{1,40} (?:have|has|were|was|are) (?:been )?(?:followed|obeyed|heeded)\b"
    ),
    r"\b(?:from|by) the reviewers?\b|(?<!speaks )(?<!talks )(?<!addressed )\bto the reviewers?\b",
    (
        r"\b(?:model|reader|assistant) (?:was|is|were) (?:told|asked|instructed|ordered) by\b|\b(?:every"
        r"|all|any|each|the) (?:remarks?|comments?|findings?|items?) (?:above|below|in this)\b|\b(?:treat"
        r"|regard|consider|take) (?:every|all|this|these|the) [a-z ]{1,30} (?:as|void)\b"
    ),
    r"\b(?:nothing|none) else (?:in|of) (?:this|the)\b|\bto be looked at\b",
    (
        r"\basked for this (?:sentence|text|answer|line|wording)\b|\b(?:as|since"
        r"|because) (?:the )?(?:commit|comment|repository|text|readme|note|file|docstring|message"
        r"|commit message|title|body)(?: message)? (?:requests|asks|demands|says|orders|wants|instructs)\b"
    ),
    (
        rf"{START}(?:dear )?(?:reviewers?|readers?|model|assistant|ai|bot)\b ?[,:]"
        rf"|\bfrom now on,? (?:answer|say|write|report|only)\b"
    ),
    (
        r"\b(?:answer|respond|reply) with (?:approval|only|nothing|yes|praise)\b|\bstop here\b|\b(?:end"
        r"|rest) of (?:the |this )?(?:review|report)\b"
    ),
    rf"{START}as (?:i was |we were |you )?(?:instructed|requested|told|directed|asked|ordered|agreed)\b",
    (
        r"\b(?:per|following|according to|under|by) (?:the|your|my|its|our"
        r"|these) (?:[\w']+ ){0,3}(?:instructions?|orders?)\b(?= |[.,;:])(?! (?:that|which) the model)"
    ),
    (
        rf"(?:{START}|\b(?:and|please|must|should|to) )(?:ignore|disregard|forget|skip|dismiss) "
        r"(?:all|any|every|everything|previous|prior|earlier|above|them|these|the (?:other|above|rest"
        r"|previous|rubric|findings?)|other|this|your|what)\b"
    ),
    (
        r"(?<![\w.-])i\b(?![-\w]|/o|\)|\.e\.| ?=)|\bi'(?:m|d|ve|ll)\b|\bmy (?:prompt|instructions?|rules"
        r"|guidelines|review|opinion|task|view)\b"
    ),
    r"\bas an? (?:ai|language model|assistant|llm|reviewer|reader)\b",
    (
        r"\b(?:first|second|other) reader\b|\bthe reviewers?\b(?= (?:sign|approv|must|should|is|was|has"
        r"|agree|find|found|think))"
    ),
    r"\breviewers? (?:must|should|need not|may|can|will)\b",
    r"\b(?:this|the rest of the|rest of this|the other items in this) report\b",
    (
        r"\b(?:this|the) review (?:is|was|has|must|should|can|ends|may)\b|\b(?:close|end|stop|finish"
        r"|conclude) (?:this|the) review\b(?<!asks to close this review)"
    ),
    (
        r"\bno (?:concerns?|questions?|facts?|findings?) (?:is|are|was|were|will be"
        r"|have been) (?:reported|raised|asked|found)\b"
    ),
    rf"{START}(?:system|assistant|developer|human|instruction|note to \w+|attention)[:=]",
    (
        r"(?:^| )/sensei\b|\b(?:system|hidden) (?:message|note) (?:to|for) (?:the )?(?:reviewer|reader"
        r"|model reading)\b"
    ),
)
