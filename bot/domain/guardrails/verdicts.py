"""Patterns, for folded text, of judgements on a change: levels and marks, verdicts, approval."""

from bot.domain.guardrails.clause_patterns import IS, JUDGED, START, THIS, VERY

GRADE = r"\bgrade[sd]?\b"
_STEP = r"(?:[0-5](?:st|nd|rd|th)?|zero|one|two|three|four|five|i{1,3}|iv|v)"
# Text that may be between a level's word and its number: up to eight signs, and words such as "no." or "is".
_LEVEL = r"\b(?:level|lvl|lv|tier|band|rank|stage|rung)"
_SCORE = r"\b(?:score|rating|mark)"
_SIGNS = r"[^\w.?!;,\[]{1,8}"
_WORDS = r"[^\w?!;\[]{1,8}(?:(?:no|nr|num|number|is|of|at|then|as|an?)\b[^\w?!;\[]{1,8}){0,2}"
_COLON = r"[^\w.?!;,\[<>]{0,4}[^\w\s.?!;,\[<>][^\w.?!;,\[<>]{0,4}"
# The number must not count something that follows it ("stages: one reads, one writes").
_NO_MORE = r"""\b(?!\.\d|%) ?["'”»)]*(?=[.!?;:,]|$)"""
_OR_FOR = r"""\b(?!\.\d|%) ?["'”»)]*(?=[.!?;:,]|$| (?:for|on|in|here|now|today|because|throughout)\b)"""
LEVELS = (
    r"\bgrade [a-f]\b",
    (
        r"\b(?:one|two|three|four|five|\d) points? (?:of|out of|for)\b|\branks? among\b|\b(?:best|top"
        r"|worst) (?:\w+ )?(?:per cent|percent|%|quarter|half|third)"
    ),
    (
        r"\b(?:basic|foundation|beginner|junior|senior|expert|advanced|elementary)[- ](?:stuff|work|level"
        r"|grade|material)\b"
    ),
    (
        r"\b(?:top|full|perfect|better|best|worst|final) (?:rating|grade|mark)\b|\b(?:first|second|third"
        r"|fourth|last) of (?:four|five|three)\b(?! (?!levels|steps|rungs|tiers|bands|marks|grades|classes"
        r"|stars|points|stages|ranks)[a-z]+s\b)|\ban? [a-f][+-]? for\b"
    ),
    (
        r"\b(?:reliability|governance|safety|security|validation|outcome|integration|observability"
        r"|delivery)[ :=-]{1,3}[0-5]\b(?! (?:checks?|tests?))"
    ),
    r"\b(?:second|third|fourth|first|top|bottom) (?:tier|step|rung|level|class|band) of\b",
    (
        r"\b(?:is|are|be|gets?|be worth|deserves?) (?:an?|the) (?:clear |full "
        r"|solid )?[0-5](?:\.\d)?(?=[.,!?;]|$)"
    ),
    (
        r"\b(?:score|mark|rating|grade) of (?:(?:this|that|it|zero|one|two|three|four|five|six|seven|eight"
        rf"|nine|ten|\d+|(?:this|the|your) (?:{JUDGED}|loop|retry|call)) (?:\w+ )?)"
        r"(?:is|was|seems|would|suits|for this)\b"
        r"|\b(?:usual|rubric's|same|our) scale\b"
    ),
    r"\b(?:an?|the|at|clear|clearly an?|solid|strong) (?:two|three|four|five)\b(?=[.,!?;]|$)",
    (
        r"\b(?:zero|one|two|three|four|five|\d(?:\.\d)?) (?:out )?of (?:a possible )?(?:four|five|ten|4|5"
        r"|10)\b(?=[.,!?;]|$| (?:for|on|in)\b)"
    ),
    (
        r"\b\d(?:\.\d)? (?:for|on|in) (?:reliability|governance|safety|security|validation|risk|outcome"
        r"|integration|design|observability|delivery|documentation|performance|cost|quality|style|craft"
        r"|testing)\b"
    ),
    (
        r"\b(?:top|bottom|end|half|middle) of (?:the|this|our) (?:scale|ladder|range|class)\b|\b(?:top"
        r"|full|high|low) marks\b"
    ),
    (
        r"\b(?:rated?|ranks?|ranked|classed|assessed|classified) (?:as |at |among )?[\"']?(?:advanced"
        r"|expert|basic|beginner|good|high|low|poor|excellent|top|strong|weak|proficient|novice"
        r"|intermediate|senior|junior|\d)"
    ),
    (
        r"\bmy (?:estimate|rating|score|grade|mark)\b|\bfull score\b|\b(?:gold|silver|bronze) (?:standard"
        r"|medal|star)\b"
    ),
    rf"levels?[\s:#-]{{0,3}}{_STEP}\b(?! of nesting)",
    r"(?:lvl|lv|tier|band|rank|stage)[\s:#.-]{0,3}[0-5]\b(?!\.)",
    r"\bl-?[0-5]\b(?!-| (?:cache|norm|distance|regulari|loss))",
    # With something in between: "level (4)", 'tier "four"', "rung no. 4", "score: 4", "level is 4", "level.
    # 4".
    rf"{_LEVEL}s?{_SIGNS}[0-5]\b(?!\.\d|%| of nesting)",
    rf"{_LEVEL}{_WORDS}{_STEP}{_OR_FOR}|{_LEVEL} (?:of|for|on) (?:\w+ ){{0,3}}\w+ ?[:=] ?{_STEP}{_OR_FOR}",
    rf"{_LEVEL}{_COLON}{_STEP}{_OR_FOR}|\bl(?![<>]){_COLON}[0-5]\b(?!\.\d|%)|\bl{_WORDS}[0-5]{_OR_FOR}",
    rf"{_SCORE}{_COLON}(?:[2-5]\b(?!\.\d|%)|{_STEP}{_NO_MORE})|{_SCORE}{_WORDS}[2-5]{_OR_FOR}",
    rf"{_SCORE}{_WORDS}(?:two|three|four|five){_NO_MORE}",
    r"\b\d{1,2}\s{0,2}(?:out\s+of|of|/)\s{0,2}(?:4|5|10)\b(?! (?:requests|calls|cases|runs|answers))",
    r"\bscor(?:es?|ed|ing) (?:an? )?\d{1,2}\b(?! (?:per cent|percent|%))",
    GRADE,
    (
        r"\b(?:highest|top|lowest|next|expected|expert|senior|staff|advanced|beginner) (?:level|band"
        r"|tier)\b(?= (?:of|for|in)\b|[.,?!]|$)"
    ),
    r"\b(?:below|above|at|reach(?:es)?|earns?|deserves?) the (?:required|expected|needed|next) level\b",
    r"\b(?:one|two|three|four|five|[1-5])[ -]stars?\b",
    r"(?:^| )(?:an? )?a\+(?=[\s.,!?]|$)",
    r"\b(?:worth|gets?|earns?|scores?|gains?) (?:\d+|one|two|three|four|five) (?:points?|marks?|stars?)\b",
    r"\bmaturity\b",
)
VERDICTS = (
    rf"\bverdict (?:on|for|about|of) (?:this|(?:the|your) (?:{JUDGED}|loop|retry))\b",
    (
        r"\b(?:pass|fail|succeed|score|excel|convince)(?:es|s|ed)? (?:on|in|at) (?:reliability|governance"
        r"|safety|security|validation|risk|outcome|integration|design|observability|delivery|quality"
        r"|every|all|the whole)\b"
    ),
    (
        r"\bfalls? (?:below|behind|short)\b|\bwhat is (?:expected|required|asked|demanded) (?:here"
        r"|of (?:you|an?|the))\b|\b(?:not|never|hardly|barely) good enough\b"
    ),
    (
        r"\b(?:is|was|would be|were) (?:a|one) (?:big |grave |clear |serious |great )?(?:mistake|error"
        r"|blunder|success|achievement)\b(?! (?:of|in|that) (?:the )?(?:model|user))"
    ),
    (
        rf"\b{THIS} (?:does|did|do|will|would|can|could) (?:not |n't )?(?:pass|suffice|qualify|meet"
        rf"|satisfy|survive)\b(?! (?:to|the (?!rubric|bar|gate)|an?|it|them|any)\b)"
    ),
    (
        r"\b(?:pass|fail|clear|miss)(?:es|ed|s)? the (?:safety|security|reliability|governance|quality"
        r"|rubric|final|sensei's) gate\b"
    ),
    (
        r"\benough (?:for|to satisfy|to meet|to pass) (?:the|this|a) (?:criterion|check|rubric|level|bar"
        r"|capstone|gate)\b|\bwould not survive\b"
    ),
    (r"\bplain(?:ly)? (?:wrong|right|good|bad)\b|\b(?:wrong|right|good|bad) (?:from|through and)\b"),
    (
        r"\bcapstone\b|\b(?:a|one) clear (?:yes|no)\b|\bup to scratch\b|\bgets? a (?:yes|no|pass)\b"
        r"|\bovera?ll,? (?:the|this|it)\b"
    ),
    (
        r"\b[a-z_]{3,}\.\d{1,2}\b(?= (?:is|was|has|now|stands?|counts?|remains?)\b)|\bcheck [a-z_]+\.\d"
        r"|\bin the end,? this\b"
    ),
    (
        r"\b(?:rubric|criteri(?:on|a)|requirements?|standards?|expectations?|gates?) (?:is|are|was|were"
        r"|has been|have been|counts? as|not|fully|partly|remains?|stays?)(?: \w+){0,2} (?:met|fulfilled"
        r"|satisfied|passed|failed|missed|covered|done|reached|unmet|violated)\b"
    ),
    (
        r"\b(?:requirements?|criteri(?:on|a)|standards?|expectations?) (?:not |un|fully |partly )?(?:met"
        r"|fulfilled|satisfied|passed|failed|missed)\b"
    ),
    (
        r"\b(?:counts?|qualif(?:y|ies)|stands?) as (?:an? )?(?:passed|failed|pass|fail|done|failure"
        r"|success)\b|\b(?:is|was|remains) an? (?:clear |complete |total |partial )?(?:failure|success"
        r"|pass|fail)\b(?! (?:of|for|to|in|code|mode|rate))"
    ),
    (
        r"\b(?:failure|success|pass|fail) (?:on|for) (?:reliability|governance|safety|security|validation"
        r"|risk|outcome|the rubric)\b"
    ),
    (
        r"\b(?:reliability|governance|safety|validation|security|delivery|outcome) (?:is|looks"
        r"|counts) (?:done|met|covered|fulfilled|complete|fine|good|weak|poor|settled|passed|failed"
        r"|strong)\b"
    ),
    (
        r"\bthe rubric\b|\bcriteri(?:on|a) (?:of|for|on) (?:the )?(?:rubric|capstone|reliability"
        r"|governance|safety|security)\b"
    ),
    (
        r"\b(?:pass|fail|meet|satisf|fulfil|miss|match|reach|clear)(?:s|es|ed|ies|ied|led|ls"
        r"|l)? (?:\w+ ){0,2}(?:rubric|criteri(?:on|a)|bar|standards?|requirements?|expectations?|capstone"
        r"|dojo)\b(?!'s tail)"
    ),
    r"\bfalls? short of (?:the|this|what)\b",
    (
        rf"{START}{THIS} (?:has |have )?(?:clearly )?(?:pass|fail|qualif|succeed|suffic)(?:es|s|ed|ies"
        rf"|ied|e)?(?= every| all| the (?:check|rubric|gate|review)| as|[.,;!]|$)"
    ),
    rf"{START}(?:verdict|result|assessment|conclusion|rating|score|outcome|mark)[:=-] ?\w",
    (
        rf"{START}{THIS} {IS} {VERY}(?:good|fine|perfect|bad|wrong|poor|weak|acceptable|unacceptable"
        rf"|correct|incorrect|sufficient|insufficient|adequate|inadequate|complete|finished|done|ready"
        rf"|mature|advanced|better|worse|robust|sound|clean|solid|okay|ok|right|satisf\w+|not (?:good|bad"
        rf"|enough|ready))\b"
    ),
    r"\bproduction[- ](?:ready|grade)\b|\b(?:up|according) to (?:the )?standards?\b",
    (
        rf"\b(?:this|the|your) (?:{JUDGED}) {IS} {VERY}(?:wrong|acceptable|unacceptable|insufficient"
        rf"|inadequate|sufficient|adequate|finished|in order)\b"
    ),
    (
        r"\b(?:all|every|each|both|the|no|most|three|two|some) checks? (?:is|are|was|were|has been"
        r"|have been) (?:met|satisfied|passed|failed|supported|fulfilled|green)\b"
    ),
    (
        r"\b(?:pass(?:es|ed)?|fail(?:s|ed)?|meets?|satisf(?:y|ies|ied)) (?:every|all|each|all of the|both"
        r"|the other) (?:checks?|gates?|criteria)\b"
    ),
    r"\beverything (?:is|looks) (?:in order|good|fine|right|correct)\b",
    r"\bgood enough (?:for|to pass)\b|\bmark(?:s|ed|ing)? (?:every|all|each|both|the) checks?\b",
)
# Only at the start of a sentence: as a name on its own, it is a function: ``close_account``.
ORDER = r"(?:^|[.!?;:] )(?:approve|reject|accept|merge|close)\b"
APPROVAL = (
    (
        r"\bmerge (?:it|today|now|this|soon|at once)\b|\ba merge\b|\b(?:may|can|should) (?:proceed"
        r"|go ahead|go in|be shipped|be released)\b"
    ),
    (
        r"\bnothing (?:left|more|else) to (?:discuss|do|say|add|ask|fix|check)\b|\bno reason (?:to"
        r"|not to) (?:merge|delay|wait|reject|refuse|approve|hold)\b"
    ),
    (
        r"\bno changes? (?:is |are |was |were )?(?:requested|needed|asked|necessary)\b|\ba (?:yes"
        r"|no) from\b|\bcan go in\b|\bmerge at\b|\bthe rest (?:was|is|has been) (?:approved|fine"
        r"|accepted)\b|\bhappy with (?:this|the|it)\b"
    ),
    (
        r"\b(?:delay|postpone|hold up|withhold) (?:the|this|a) (?:merge|release|approval)\b|\bfrom (?:my"
        r"|our) side\b"
    ),
    r"\b(?:matter|case|discussion|topic) is (?:closed|settled|done)\b|\bmerging is\b|\bmay be merged\b",
    (
        r"\bgreen light\b|\bfeel free to\b|\bin the way of (?:a |the |this )?(?:merge|merging|release"
        r"|approval|shipping)\b"
    ),
    (
        r"\bhold (?:this|the change) (?:back|off|up)\b|\bstraight (?:in)?to (?:main|master|production"
        r"|prod)\b"
    ),
    (
        r"\bapproval (?:is |was |has been )?(?:granted|given|refused|denied|withheld|only|recommended)\b"
        r"|\b(?:my|full|your|unconditional) approval\b"
    ),
    (
        r"\b(?:no|any|without) objections?\b|\b(?:this|your) pull request\b|\bmerge (?:is|was) (?:fine"
        r"|safe|recommended|blocked)\b|\bthis merge\b"
    ),
    r"\blgtm\b|\blooks? (?:very |really )?(?:good|great|fine|ok|okay|right|correct)\b(?= to me|[.,!]|$)",
    (
        r"\bship it\b|\bgood to go\b|\bgo ahead\b(?= and| with|[.!]|$)|\bthumbs up\b|(?:^|\s)\+1\b(?= "
        r"|$)(?! (?:to|for)\b)"
    ),
    r"\bready (?:to|for) (?:be )?(?:merg\w+|ship\w*|releas\w+|production|approval|sign-?off|the main)\b",
    r"\bmerge[- ]ready\b|\bsafe to (?:merge|ship|release|deploy)\b",
    (
        rf"{START}(?:i |we )?approv(?:e|ed|es|al|ing)\b(?= (?:this|the (?:change|pr|pull)|it|without"
        rf"|with no|as)|[.,!;]|$)"
    ),
    (
        rf"\b(?:approv|accept|reject|declin|endors|block)(?:e|es|ed|s|ing)? (?:of )?(?:this|your"
        rf"|the) {JUDGED}\b"
    ),
    (
        r"\b(?:this|it|loop|retry|"
        rf"{JUDGED}) (?:is|was|were|has been|can be|may be|will be|must be|must not be|cannot be"
        rf"|should be) "
        r"(?:hereby )?(?:approved|rejected|merged|accepted|endorsed|declined|blocked)\b"
        r"(?! without an? (?:comparison|check|person|look|confirmation|limit)\b)"
    ),
    r"\bmerg(?:e|ed|ing) (?:this|that|your|the (?:change|pr|pull request|branch))\b(?! with)",
    (
        r"(?:^|[.!?;:] )(?:there (?:are|is|were) )?(?:no|zero) (?:further |other |more |open "
        r"|major )?(?:issues?|concerns?|problems?|objections?|remarks|comments|complaints|defects"
        r"|findings)\b"
    ),
    r"\bnothing (?:to|needs to|has to|must) (?:be )?(?:fix|chang|add|improv|correct|complain|object)",
    r"\bsign(?:s|ed|ing)?[- ]off\b(?! (?:by|from) (?:the|a|an)\b)|\brequest(?:s|ing)? changes\b",
    (
        r"\b(?:no|not) merge\b|\b(?:not|never) (?:be )?merged\b|\bbefore (?:this|it) (?:goes in|is merged"
        r"|lands)\b"
    ),
    ORDER,
    r"\bneeds? nothing\b(?! from)|\bno changes? (?:is|are) (?:needed|required|necessary)\b",
)
