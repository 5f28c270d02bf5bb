"""The words by which passages are found: what the index holds beside a text, and the query of a question.

SQLite's tokenizer divides a text at everything that isn't a letter or a digit, so ``max_tokens`` is two words
and is found as a phrase. It doesn't divide ``maxTokens``, and of ``C++`` leaves ``c``: that is done here, in
the same way for passages and for questions.
"""

import re
from collections.abc import Iterable, Iterator

MOST_OF_A_QUESTION = 20_000
"""Characters of a question that are read."""
MOST_TERMS = 48
"""Different words of a question that are looked for."""

_WORD = re.compile(r"\.?\w+(?:[-./:]\w+)*(?:\+\+|#(?!\w))?")
_CAMEL_CASE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]*?[a-z0-9][A-Z][A-Za-z0-9]*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NAMED_BY_SIGN = re.compile(r"(?<!\w)(?:\w+(?:\+\+|#(?!\w))|\.(?:NET|net)\b)")
_CONTRACTION = re.compile(r"(?<=\w)['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)
_MOST_IN_A_WORD = 100
_STOP_WORDS = frozenset(
    """
    a about actually after again all also am an and another any anybody anyone anything are aren as at be
    because been before being best between both but by can cannot could couldn did didn do does doesn doing
    don done each either else etc even ever every few for from get gets getting give gives go going good got
    had hadn has hasn have haven having he hello help her here hers hey hi him his how i if in instead into
    is isn it its just kind know less let like lot made make makes making many may maybe me mean might mine
    more most much must mustn my myself need needed needs neither no nor not nothing now of off ok okay on
    one only onto or other others our ours out over own please possible put quite rather really right same
    say says see seem seems shall she should shouldn since so some somebody somehow someone something still
    such sure take tell than thank thanks that the their theirs them then there these they thing things
    think this those though through to too try trying under until up upon us very via want wanted wants was
    wasn way we well were weren what whatever when where whether which while who whom whose why will with
    without won wonder would wouldn wrong yes yet you your yours yourself
    """.split()  # noqa: SIM905 - a list of them would have 230 lines
)


def list_extra_words(*texts: str) -> str:
    """Return the words of some texts that the tokenizer wouldn't find, separated by spaces."""
    return " ".join(dict.fromkeys(word for text in texts for word in _find_extra_words(text)))


def _find_extra_words(text: str) -> Iterator[str]:
    for found in _CAMEL_CASE.finditer(text):
        yield _divide(found[0])
    for found in _NAMED_BY_SIGN.finditer(text):
        yield _spell_sign(found[0])


def make_query(question: str) -> str:
    """Return the query for passages that have any word of a question, or "" if it has none to look for.

    The words are quoted, so nothing in a question is syntax of the query.
    """
    text = _CONTRACTION.sub("", question[:MOST_OF_A_QUESTION])
    terms: dict[str, None] = {}
    for found in _WORD.finditer(text):
        for term in _list_terms(found[0][:_MOST_IN_A_WORD]):
            terms.setdefault(term.casefold())
            if len(terms) == MOST_TERMS:
                return _join(terms)
    return _join(terms)


def _join(terms: Iterable[str]) -> str:
    return " OR ".join(f'"{term}"' for term in terms)


def _list_terms(word: str) -> Iterator[str]:
    """Yield what to look for in place of a word: itself, and what it consists of."""
    if _NAMED_BY_SIGN.fullmatch(word):
        yield _spell_sign(word)
        return
    word = word.strip("._+#")
    parts = [part for part in re.split(r"[\W_]+", word) if part]
    humps = [_divide(part) for part in parts if _CAMEL_CASE.fullmatch(part)]
    if len(parts) > 1:
        yield word
    for term in [*parts, *humps, *(hump for divided in humps for hump in divided.split())]:
        if _tells(term):
            yield term


def _tells(term: str) -> bool:
    """Return whether a word says what a question is about. Of single letters, only large ones may."""
    if len(term) == 1:
        return term.isdigit() or (term.isupper() and term not in {"A", "I"}) or not term.isascii()
    return term.casefold() not in _STOP_WORDS


def _divide(word: str) -> str:
    return " ".join(_HUMP.findall(word[:_MOST_IN_A_WORD]))


def _spell_sign(name: str) -> str:
    """Return a name as one word: ``C++`` is ``cplusplus``, ``C#`` is ``csharp``, ``.NET`` is ``dotnet``."""
    return name.replace("++", "plusplus").replace("#", "sharp").replace(".", "dot").lower()
