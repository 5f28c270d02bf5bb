"""Patterns, for folded text, of what Sensei says when it takes a side in a conversation.

An option that is preferred, a comparison with a winner, a reply to "am I right?", a hint, or how close an
answer is. Words of change and advice are in ``suggested_fixes``, levels and praise in ``verdicts`` and
``praise_and_orders``; these are the forms that only a conversation has.
"""

import re
from collections.abc import Mapping

from bot.domain.text.lazy_patterns import compile_once

_CLAUSE = r"""(?:^|[.!?:;,(] ?["']?|\s-\s)"""
_IT = r"(?:it|that|this)"
_NOT_ME = r"(?!(?:you|anyone|anybody|somebody|someone|they|your|that|it|a customer)\b)"
# What each rule refuses, for the people who read a refusal in a test.
SIDES: Mapping[str, str] = {
    "calls the person right or wrong": (
        r"\byou(?:'re| are| were) (?:\w+ )?(?:right|wrong|correct|mistaken|there|nearly|almost|close|not far"
        r"|halfway|ahead|behind|good|fine|done)\b|\byou(?:'ve| have) done\b|\ball there\b"
    ),
    "answers yes or no": (
        rf"{_CLAUSE}(?:well,? )?(?:yes|no|nope|yep|yeah|indeed|exactly|correct|right|true|false|agreed"
        r"|confirmed|deal|done|warm(?:er)?|hot|cold(?:er)?|close|mostly|partly|hardly|sure|of course"
        r"|certainly|absolutely|definitely|not quite|not really|not (?:with|for|without|this|that))"
        r"(?=[.,!?;:]|$| it\b| that\b)"
    ),
    "confirms": (
        rf"(?<!who )(?<!what )(?<!where )(?<!how )\b{_IT}"
        r" (?:(?:is|isn't|does|doesn't|did|didn't|was|wasn't)[.,!;:]|(?:holds|fits|works)[.!])"
    ),
    "points at one": (
        r"\b(?:it's|it is|that's|that is|this is) (?:a |the |an )?(?:yes|no|right|wrong|true|so|it|one|other"
        r"|first|second|last|latter|former|opposite)\b"
    ),
    "picks one": (
        r"\b(?!who|what|how|where)\w+ it is\b(?=[.,!?;]|$)|\b(?:let's|we) (?:say|take|go)\b"
        rf"|\bgo(?:es|ing)? (?:with|for)\b(?! (?:you|them|{_IT})\b)"
    ),
    "calls one the answer": (
        r"\b(?:is|are|was|be) (?:the )?(?:answer|winner|way|call|choice|first choice|thing to|decision|point"
        r"|part (?:that|worth)|ones?(?=[.,!;]|$| (?:that|to|which)\b))\b(?! (?:where|when|at which))"
    ),
    "leaves one over": (
        r"\b(?:that|this|which|so that) leaves\b|\b(?:is|are|one|what) (?:left|remains?)\b|\bremains?[.?]"
        r"|\bone (?:more |last )?(?:thing|part|step|answer) (?:left|more|missing|like|to go)\b"
    ),
    "ranks": r"\b(?:comes?|is|are|be) (?:first|last)\b|\b(?:first|last) (?:comes|is|are)\b",
    "contrasts with another": (
        r", (?:and |but )?(?:the |an? )?\w+ (?:does|doesn't|do|don't|is|isn't|are|aren't|will|won't|can"
        r"|can't|would|wouldn't)[.,!;]"
    ),
    "asks what holds them back": (
        r"\bkeeps? you(?:[.?!,]| from)|\b(?:stops|holds|prevents) you\b"
        r"|\bwhat (?:made|makes) you (?:doubt|hesitate)\b"
    ),
    "asks what if": (
        r"\bwhat if\b(?![^?]{1,50}\b(?:breaks?|fails?|is down|happens?|goes wrong|is wrong|is late|stops?"
        r"|stays?|grows?|slips?|leaves?|disappears?)\b)"
    ),
    "asks when it will be so": (
        rf"\b(?:when|which \w+|how \w+)\b[^?]{{0,30}}\b(?:will|could|would) (?:you|{_IT}) be\b"
    ),
    "asks why not": rf"\bwhy (?:is|was|are) {_IT} not\b|\bwho still\b|\bthese days\b",
    "asks about one twice": r"\bis it (\w+), or is it \1\b",
    "supposes the choice": (
        r"\b(?:if|before|once|after|until) you (?:took|take"
        r"|chose|choose|picked|pick|went|go|moved|move|kept|had taken|had chosen"
        r"|stayed|stay)\b"
    ),
    "asks how it would help": (rf"\bhow would {_NOT_ME}[^?]{{3,60}}\b(?:change|help|lower|reduce|affect)\b"),
    "supposes the change": (
        r"\b(?:where|when|how|which|what)\b[^?]{0,40}\b(?:will|do|would|could|can) you (?:move|store|add"
        r"|switch|replace|put|wrap|introduce|split|set|use)\b|\bfrom now on\b"
    ),
    "asks for the act": (
        r"\bwhen (?:do|will|can|would|could) you (?!look|see|know|notice|hear|find|expect|think|learn|decide)"
        r"|\bwho (?:drops|moves|adds|switches|replaces|removes|splits|takes|uses|picks|chooses)\b"
        r"|\bwould it take(?: for you)? to (?!look|see|reopen|revisit|change your mind)|\bit time\b"
    ),
    "asks for one side": (
        r"\bspeaks? (?:for|against)\b|\bin the way of\b|\b(?:good|bad) about\b"
        r"|\b(?:would|do) you (?:choose|pick|take|prefer|like)\b"
    ),
    "asks for a yes": (
        r"\bor (?:is|isn't|does|doesn't|do|don't|did|didn't|was|wasn't|are|aren't|has|have)"
        r" (?:it|that|this|they|you)(?: not)?\?"
    ),
    "says that they found it": (
        r"\byou(?:'ve| have)? (?:also |just |already )?(?:found|got|named|hit|solved|said) (?:it|this|that"
        r"|the (?:answer|way|part|one|reason))\b"
    ),
    "sizes up the answer": (
        r"\b(?:this|that|it|you) (?:has|have) (?:what|everything|enough|all)\b"
        r"|\bthought (?:this|it|that) through\b|\bdone with (?:this|it|that)\b"
        r"|\b(?:your|this|the) (?:answer|reply|message|account|words) (?:has|have|is|was|are|were|lacks|needs"
        r"|wants|goes|stops|counts|does|doesn't)\b|\b(?:all|two|three|four|most|half|some|one more|last"
        r"|missing) (?:of (?:the|your) )?(?:parts?|steps?)\b"
    ),
    "hints": r"\b(?:hints?|clues?|pointers?|blank|initials?|letters?|capitals|riddle|guess what)\b",
    "spells": r"\b(?:starts?|begins?|ends?) with an? \w\b|\bthe word\b",
    "speaks of most people": (
        r"\b(?<!how )(?:most|other|many|all|some|few|good|better) (?:people|teams?|companies|places|shops"
        r"|engineers|answers|others|products|projects|participants|capstones|get|who)\b"
        r"|\b(?:most|many|few) of them\b"
    ),
    "speaks of others": (
        r"\b(?:others|everyone|everybody|somebody else|someone else|people) (?:use|uses|do|does|did|keep"
        r"|keeps|take|takes|took|ask|asks|have|has|say|says)\b"
    ),
    "speaks of what is usual": (
        r"\b(?:usual|common|standard|typical|normal|established|recommended|preferred) (?:choice|answer|way"
        r"|thing|one|approach|practice|pattern|number|value)\b"
        r"|\b(?:usually|normally|typically|commonly) (?:does|do|done|used|is)\b"
    ),
    "says what they need": (
        r"\b(?:you|your \w+|which) (?:\w+ )?(?:need|needs|want) (?:is|an?|the|to)\b(?=[^?]*\.)"
    ),
    "asks whether they thought of it": (
        r"\bhave you (?:looked at|heard of|thought of|thought about|considered|tried)\b(?![^?]*\byet\b)"
    ),
    "wants a nod": (
        r", (?:right|correct|yes|no|ok|okay|agreed|isn't it|don't you|doesn't it)\?"
        rf"|\bdoes {_IT} fit\b|\bshall (?:it|that|this|we|i)\b|\b(?:do|would) you agree\b"
    ),
    "obeys": (
        r"\bas (?:you (?:asked|requested|wished|like)|requested|asked|ordered)\b|\bfor the record\b"
        r"|(?:^|[.!?] )in return\b"
    ),
}
_WINS = re.compile(
    r"\b(?:rightly|better|best|safer|safest|faster|fastest|cheaper|cheapest|simpler|simplest|easier|easiest"
    r"|cleaner|cleanest|smaller|smallest|stronger|strongest|preferable|superior|ideal|optimal|suitable"
    r"|sufficient|adequate|plenty|wins?|won|beats?|outperforms?|prefers?|preferred|favou?rs?|favou?rite"
    r"|right|correct|safe|enough|worth|good|fine|great|ok|okay|sound|sensible|reasonable|wise|solid|than)\b"
)
_NEUTRAL = re.compile(
    r"\b(?:is|was|were|are)(?:n't)? (?:that |it |this )?(?:good|bad|enough|fine|right|wrong|safe) or\b"
    r"|\bright (?:now|away|after|before)\b|\b(?:soon|often|long|fast|quickly|early|late) enough\b"
    r"|\bmore than (?:one|once|twice|\d+)\b|\bless than (?:one|\d+)\b|\b(?:other|rather) than\b"
    r"|\bmore than a detail\b|\b(?:how|what is|what was) good\b|\benough (?:for|to) (?:whom|what)\b"
    r"|\bmakes? [^?]{1,20} worth it\b|\bstop(?:s|ped)? being enough\b"
)


def takes_side(folded: str) -> bool:
    """Say whether a text prefers an option, confirms or denies an answer, or hints at one."""
    return any(compile_once(form).search(folded) for form in SIDES.values())


def names_winner(folded: str) -> bool:
    """Say whether a text compares, or calls something better or sufficient."""
    return bool(_WINS.search(_NEUTRAL.sub(" ", folded)))
