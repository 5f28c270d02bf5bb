"""Finding advice in a model's words: an order to change code, a suggestion, a hint at a better way.

The patterns are for folded text, as in ``forbidden_phrases``. A description of a system ("the agent adds
a row", "callers that retry") is not advice. So a verb counts only at the start of a clause, and if it can
also be a noun, only before its object.
"""

import re

from bot.domain.text.lazy_patterns import compile_once

_START = r"""(?:^|[.!?;:(]["']?\s+|\s-\s|^["'(]|\b(?:please|just|simply|instead,|better|then) )"""
_PLAIN = (
    "add|wrap|replace|remove|introduce|refactor|extract|consider|implement|avoid|ensure|prefer|rename"
    "|swap|rewrite|delete|adopt|insert|append|upgrade|simplify|reuse|delegate|validate|sanitise|sanitize"
    "|bump|reduce|increase|decrease|try|please|don't|do not|make sure|think about|look into|opt for"
    "|go for|reach for|switch to|wait for|keep in mind|remember|provide|specify|configure|enable|disable"
    "|apply|include|define|declare|enforce|let's"
)
_NOUNS_TOO = (
    "use|set|move|put|keep|pin|cap|limit|bound|cache|check|handle|store|pass|return|raise|call|run|test"
    "|write|create|change|drop|split|merge|log|lower|mark|turn|stop|let|give|catch|guard|fix|make|do|hash"
    "|encrypt|mask|redact|document|name|measure|record|start|take|separate|throw|await|close|open|read"
    "|see|look|note|encode|escape"
)
_OBJECT = (
    r"(?:an?|the|this|that|these|those|it|its|them|one|all|each|every|your|another|more|less|fewer|both"
    r"|some|only|[a-z_]+=|\d|at)\b"
)
_GERUNDS = (
    r"(?:adding|using|wrapping|replacing|removing|introducing|extracting|implementing|moving|switching"
    r"|caching|setting|passing|catching|bounding|capping|limiting|considering|trying|splitting|adopting"
    r"|validating|checking|raising|lowering|storing|handling|renaming|refactoring|making|returning"
    r"|keeping|logging)"
)
_DONE = (
    r"(?:used|added|wrapped|replaced|switched|moved|made|cached|introduced|adopted|removed|extracted"
    r"|caught|capped|bounded|limited|passed|renamed|refactored|tried|put|set)"
)
_VERBS = (
    rf"(?:{_PLAIN}|use|set|move|put|cache|handle|catch|cap|bound|limit|pass|call|make|check|return|store"
    r"|fix|change|log)"
)

# A verb that orders a change at the start of a clause, or as the first part of a name: ``add_timeout``.
VERB = re.compile(rf"(?:{_PLAIN}|{_NOUNS_TOO})\b")
# As a whole sentence, even if the name occurs in the code: ``add_a_timeout``.
ORDER = re.compile(rf"(?:{_PLAIN}|{_NOUNS_TOO}) (?:\w+ )?(?:an?|the|this|it)\b")
_ORDER = re.compile(rf"(?:{_PLAIN}|use|catch|cap|bound|put)\b(?= \w)")

_ADVICE = "|".join(
    (
        rf"{_START}(?:{_PLAIN})\b(?! to the| on\b)",
        rf"{_START}(?:{_NOUNS_TOO}) {_OBJECT}",
        (
            rf", (?:and |so )?(?:{_PLAIN}|{_NOUNS_TOO}) (?:an?|the|this|it|them|one|your"
            rf"|[a-z_]+=)\b(?= )(?=.{{0,40}}[.!]?$)(?<!\?)"
        ),
        r"\b(?:you|we|one|they|it|this|that|code|call|loop|change|author) (?:really )?should\b",
        r"\bshould (?:be|have|not|never|always|instead|rather|also|at least|really)\b",
        r"\bought to\b|\bneeds? to be \w+(?:ed|n|t)\b|\bhad better\b|\byou'd better\b",
        (
            rf"\b(?:you|we|one) (?:must|need to|have to|can|could|might|may|will) (?:also |just "
            rf"|simply |easily |instead |then )?(?:want to )?{_VERBS}\b"
        ),
        rf"\b(?:will|won't|why (?:not|don't|didn't)) (?:you )?{_VERBS}\b",
        (
            rf"\b(?:could|can|might|may|must|should) (?:also |simply |easily |instead )?be (?:{_DONE}"
            rf"|fixed|improved|simplified|solved)\b(?! (?:by (?:a|an|any|whoever|somebody|anyone)"
            rf"|twice|to|in|into|as|for|from|at)\b)"
        ),
        (
            rf"\b(?:consider|try|suggest|recommend|propose|advise|how about|what about|worth"
            rf"|think about|instead of just)(?:s|ed|ing)? (?:\w+ )?{_GERUNDS}\b"
        ),
        (
            rf"{_START}{_GERUNDS} [^.?!]{{1,80}} (?:would|could|might|will|can) (?:\w+ )?(?:fix|solve"
            rf"|help|prevent|avoid|reduce|improve|address|remove|make|be|cure|do)\b"
        ),
        (
            r"\b(?:would|will|could|might) (?:fix|solve|resolve|cure|remedy|address) (?:this|that|it"
            r"|the|both|these)\b"
        ),
        r"(?:^|[.!?;:] |, |\band )(?:how|what) about\b|\bwhat if (?:you|we|one|this|it|there)\b",
        (
            rf"\bif (?:you|we|one|it|this|the \w+) (?:had |were )?(?:{_DONE})\b(?! (?:by|to|in|up|for"
            rf"|on|from|into|aside|twice)\b)"
        ),
        (
            r"\b(?:it|that|this|there) (?:would|might|could|may) (?:not )?be (?:better|safer|cleaner"
            r"|simpler|nicer|wise|wiser|easier|best|worth|good|more)\b"
            r"|\bwould it (?:not )?be (?:better|safer|simpler)\b"
        ),
        (
            r"\b(?:better|safer|cleaner|simpler|wiser|best|easier) (?:to|would be|if you|if it|option"
            r"|way|choice|alternative|approach) ?(?!than)"
        ),
        (
            r"\bbest[- ]practices?\b|\bcommon practice\b|\brule of thumb\b|\bindustry standard\b"
            r"|\bidiomatic\b|\bgood practice\b"
        ),
        (
            r"\b(?:i|we)(?:'d| would)? (?:strongly )?(?:recommend|suggest|propose|advise|prefer"
            r"|expect)\b|\bit is (?:recommended|advised|advisable)\b"
        ),
        (
            r"\b(?:recommended|suggested|advisable|preferable)\b(?! (?:product|item|article|book|song"
            r"|answer|reply|step|by))"
        ),
        (
            r"(?:^|[.!?;:] )(?:a|the|one|my|possible|suggested|simple|quick) ?(?:possible|simple"
            r"|quick|obvious|easy)? ?(?:fix|remedy|solution|workaround|improvement)\b"
        ),
        (
            r"\bthe (?:simplest|easiest|best|obvious|right|proper|usual|common|standard|correct"
            r"|quickest) (?:fix|remedy|cure|solution|workaround|way)\b"
        ),
        (
            r"\bthis (?:\w+ )?needs (?:an?|some|more|better|to)\b|\bneeds (?:an?|some|more"
            r"|better) (?:timeout|retry|limit|bound|test|cache|lock|check|fix|guard|decorator|backoff)"
        ),
        (
            r"\b(?:replac|swap|exchang)(?:e|ed|es|ing)? [^.?!]{1,60} (?:with|by|for) (?:`|a (?:proper"
            r"|real|better|bounded)|something|exponential)"
        ),
        (
            r"\bbelongs? (?:here|there|around|in front)\b|\b(?:easily|simply|quickly"
            r"|trivially) (?:added|fixed|solved|done|avoided|mended)\b"
        ),
        (
            r"\b(?:one|a|the) way (?:out|around|forward)\b|\bgo with (?:a|an|the|\d)|\bget round to\b"
            r"|\bcleaner (?:version|way|code|solution)\b"
        ),
        (
            r"\bwith \w+ this (?:would|could) be\b|\b(?:wants?|deserves?|begs for|cries out for"
            r"|calls for|could use|could do with) (?:a|an|some) (?:`|\w+)\b(?! (?:like|from|to|who"
            r"|which|that)\b)"
        ),
        rf"{_START}{_GERUNDS} [^.?!]{{1,80}} (?:makes?|solves?|fixes|helps?|prevents?|avoids?)\b",
        (
            r"\b(?:solves?|fixes|cures?|remed(?:y|ies)) (?:this|that|it|the problem|the matter)\b"
            r"|\bbetter (?:placed|off|served|handled|done|kept|left|suited|expressed|written|in"
            r"|inside|outside|with)\b|\bbelongs? (?:after|before|inside|outside|in|into|around|above"
            r"|below|at)\b|\bcould do with (?!it\b|them\b|th[aei]|what\b)|\b(?:could"
            r"|would) (?:benefit|profit|suit|gain)\b"
        ),
        (
            r"\bwould (?:\w+ )?(?:suit|fit|serve)\b(?! (?:if|when|with))|\bhow (?:soon|quickly"
            r"|fast) (?:can|will|could) (?:you|the|this|it)\b"
        ),
        (
            r"\bwhat (?:keeps|stops|holds|prevents) you from\b|\bonly (?:an?|the) [a-z -]{2,30} can\b"
            r"|\b(?:replaces?|obviates?) this (?:loop|code|call)\b"
        ),
        (
            r"\bis what (?:this|the|your) \w+ (?:is missing|needs|lacks|wants|deserves)\b"
            r"|\bhow (?:hard|difficult|much work|easy) would it be\b"
        ),
        (
            r"\b(?:is|are) (?:usually|normally|commonly|typically|generally|best|better"
            r"|often) (?:wrapped|done|written|handled|solved|put|kept|placed|bounded|capped|cached"
            r"|guarded)\b"
        ),
        (
            r"\bnothing but an?\b|\binstead of (?:this|that|the|a|your) (?:loop|code|call|change"
            r"|approach|hand)"
        ),
    )
)
# Remedies for code. A question that names a remedy which the code lacks suggests it.
_MECHANISMS = (
    r"\b(?:time-?outs?|back-?off|jitter|circuit[- ]breakers?|breakers?|tenacity|rate[- ]limit(?:s|er|ers"
    r"|ing)?|idempoten\w+|dead[- ]letter|semaphores?|mutex(?:es)?|locks?|caching|caches?|decorators?"
    r"|middleware|async\w*|try[-/]\w+|except clause|try/except|retry (?:policy|budget|library)|fallbacks?"
    r"|feature flags?|type hints?|unit tests?|validators?|pydantic|dataclass\w*|guardrails?|allow-?lists?"
    r"|deny-?lists?|allowlist|whitelist|transactions?|savepoints?|checkpoint\w*|thread pools?"
    r"|worker pools?|batching|debounc\w+|throttl\w+|memoi[sz]\w+|lru_cache|redis|kafka|celery|rabbitmq"
    r"|message queues?|schema validation|parameteri[sz]ed quer\w+|prepared statements?|context managers?"
    r"|health checks?|kill switch|canar(?:y|ies)|blue-green|reranker|hybrid search|structured outputs?"
    r"|json mode|function calling|prompt caching|embeddings cache|dry[- ]run)\b"
)
_ASKS_WHAT = re.compile(r"\b(?:what|which|who|whose|whom|how|when|where|whether|that|if)\b[^.,;:]{0,80}$")
_SHOULD = re.compile(r"\b(?:should(?:n't)?|must(?:n't)?|has to|have to|ought to)\b")


def advises(folded: str) -> bool:
    """Say whether a text tells its reader what to do, or hints at it.

    "should" is an opinion, unless it is part of the question: "what should a reader see", "who should know".
    """
    found = [match.start() for match in _SHOULD.finditer(folded)]
    if any(not _ASKS_WHAT.search(folded[:start]) for start in found):
        return True
    return bool(compile_once(_ADVICE).search(_SHOULD.sub("may", folded) if found else folded))


def gives_order(name: str) -> bool:
    """Say whether the words of a name are an order ("add timeout"); for names that are not in the code."""
    return bool(_ORDER.match(name)) or advises(name)


def find_mechanisms(folded: str) -> list[str]:
    """List the remedies that a text names: a question about a remedy that the code lacks suggests it."""
    return [found[0] for found in compile_once(_MECHANISMS).finditer(folded)]
