"""Questions about code in fixed words that name the code, with several wordings for each.

Whoever asks chooses one by the code, so that it's the same each time for one place, and others for others.
"""

import re
from collections.abc import Iterator, Sequence
from zlib import crc32

AFTER_A_FACT = (
    "When would that matter for {thing}, if at all?",
    "What would have to happen before that matters for {thing}, if it ever does?",
    "What does that change for whoever relies on {thing}, if anything?",
    "Where would you first notice that about {thing}, if at all?",
)
"""What is asked after a fact: it neither says that the fact is wrong nor what to do about it."""
ABOUT_A_CHOICE = (
    "What would have to change before you'd replace {thing}?",
    "When would {thing} be the wrong choice?",
    "What would come closest to {thing} if you couldn't have it?",
    "Which number or event would make you look at {thing} again?",
    "Who would notice first if {thing} stopped doing its job?",
)
"""What is asked about code that does what a check asks. That it's missing can't be asked then."""
_THIS_CODE = "this code"
_MOST_OF_A_NAME = 60
_PASSED_OVER = re.compile(r"\s*(?:@|#|//|\*|/\*|import\b|from\b|package\b|use\b|using\b|\}|\)|\])")
_KEYWORDS = frozenset(
    {"assert", "await", "catch", "dict", "elif", "except", "for", "func", "function", "if", "in", "int"}
    | {"len", "list", "match", "new", "not", "or", "print", "raise", "range", "return", "set", "sorted"}
    | {"str", "super", "switch", "throw", "tuple", "while", "with", "yield"}
)
"""Words before a bracket that are no name, or a name that says nothing."""
_DEFINED = re.compile(
    r"\b(?:class|def|fn|func|function|interface|struct|type)\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w*)"
)
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.\w+)*)\(")
_SET = re.compile(
    r"""^\s*(?:(?:export|const|let|var|final|-)\s+)*["']?([A-Za-z_][\w.-]*)["']?\s*(?::=|=(?!=)|:(?!:))"""
)


def list_after_fact(quote: str, seed: str) -> list[str]:
    """Return what can be asked after a fact about some code, the best first. ``seed`` chooses the order."""
    return _fill(AFTER_A_FACT, quote, seed)


def list_about_choice(quote: str, seed: str) -> list[str]:
    """Return what can be asked about code that does what a check asks. ``seed`` chooses the order."""
    return _fill(ABOUT_A_CHOICE, quote, seed)


def name_thing(quote: str) -> str:
    """Return how a question names some code: what it defines, calls or sets, as code; else ``this code``."""
    return next(_list_names(quote), _THIS_CODE)


def _fill(wordings: Sequence[str], quote: str, seed: str) -> list[str]:
    first, thing = crc32(seed.encode()) % len(wordings), name_thing(quote)
    return [wording.format(thing=thing) for wording in (*wordings[first:], *wordings[:first])]


def _list_names(quote: str) -> Iterator[str]:
    for line in quote.split("\n"):
        if not line.strip() or _PASSED_OVER.match(line):
            continue
        called = [found[1] for found in _CALLED.finditer(line) if found[1] not in _KEYWORDS]
        defined, assigned = _DEFINED.search(line), _SET.match(line)
        names = [defined[1] if defined else "", *called, assigned[1] if assigned else ""]
        yield from (f"`{name}`" for name in names if 1 < len(name) <= _MOST_OF_A_NAME)
