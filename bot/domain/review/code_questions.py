"""Questions about code in fixed words that name the code, with several wordings for each.

Whoever asks chooses one by the code, so that it's the same each time for one place, and others for others.
"""

import re
from collections.abc import Iterator, Sequence
from zlib import crc32

AFTER_A_FACT = (
    "When would that matter for {thing}, if at all?",
    "What would have to happen for that to affect {thing}?",
    "What does that change for whoever relies on {thing}, if anything?",
    "If that ever affected {thing}, where would you see it first?",
)
"""What is asked after a fact: it neither says that the fact is wrong nor what to do about it."""
ABOUT_A_CHOICE = (
    "What would have to change before you'd replace {thing}?",
    "When would {thing} be the wrong choice?",
    "If you couldn't use {thing}, what would you use instead?",
    "Which number or incident would make you reconsider {thing}?",
    "Who would notice first if {thing} stopped doing its job?",
)
"""Questions about code that already meets a check, so that asking why it's missing would make no sense."""
_THIS_CODE = "this code"
_MOST_OF_A_NAME = 60
_PASSED_OVER = re.compile(r"\s*(?:@|#|//|\*|/\*|import\b|from\b|package\b|use\b|using\b|\}|\)|\])")
_PYTHON = (
    "and as assert async await break case class continue def del elif else except False finally for from "
    "global if import in is lambda match None nonlocal not or pass raise return True try type while with "
    "yield"
)
_SCRIPT = (
    "abstract any as async await boolean break case catch class const constructor continue debugger declare "
    "default delete do else enum export extends false finally for from function get if implements import in "
    "infer instanceof interface is keyof let namespace never new null number of package private protected "
    "public readonly require return satisfies set static string super switch symbol this throw true try type "
    "typeof undefined unknown var void while with yield"
)
_GO = (
    "break case chan const continue default defer else fallthrough false for func go goto if import "
    "interface make map nil package range return select struct switch true type var"
)
_JAVA = (
    "abstract assert boolean break byte case catch char class const continue default do double else enum "
    "extends final finally float for goto if implements import instanceof int interface long native new null "
    "package permits private protected public record return sealed short static strictfp super switch "
    "synchronized this throw throws transient try var void volatile while yield"
)
_SAYS_NOTHING = "dict fn int len list print range self set sorted str tuple"
_KEYWORDS = frozenset(" ".join((_PYTHON, _SCRIPT, _GO, _JAVA, _SAYS_NOTHING)).split())
"""Words of the languages that the rubrics know which name nothing, and names that say nothing."""
_DEFINED = re.compile(
    r"\b(?:class|def|fn|func|function|interface|struct|type)\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w*)"
)
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.\w+)*)\(")
_SET = re.compile(
    r"""^\s*(?:(?:export|const|let|var|final|-)\s+)*["']?([A-Za-z_][\w.-]*)["']?\s*(?::=|=(?!=)|:(?!:|//))"""
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
        assigned = _SET.match(line)
        found = [*_DEFINED.finditer(line), *_CALLED.finditer(line), *([assigned] if assigned else [])]
        names = [match[1] for match in found if match[1] not in _KEYWORDS]
        yield from (f"`{name}`" for name in names if 1 < len(name) <= _MOST_OF_A_NAME)
