"""The variable parts of a signal's text: a flow, and how often a fact is repeated.

In the text, ``{flow}`` stands for where a text comes from and ends.
"""

import re
from collections.abc import Collection, Iterable, Iterator

PLACEHOLDER = "{flow}"
# What `describe_flow` can return. Names are short words of the code, without spaces and formatting.
_DESCRIBED = (
    r"(?:from line \d{1,7} )?reaches `[\w.$ ]{1,80}(?:\(…(?:, \w{1,20}\s?[=:]\s?\w{1,20})?\))?`"
    r"(?: through `[\w$]{1,40}`)?"
)


def describe_flow(sink: str, variable: str, line: int | None) -> str:
    """Return a flow in words, such as ``from line 3 reaches `eval(…)` through `code```.

    ``line`` is the source's line, or None if the sink has the same one.
    """
    start = f"from line {line} " if line else ""
    way = f" through `{variable}`" if variable else ""
    return f"{start}reaches `{sink}`{way}"


_MORE_PLACES = re.compile(r" The same holds for \d{1,7} more places? in this file\.\Z")


def count_more_places(count: int) -> str:
    """Return the sentence after a fact that holds for more places than are stated."""
    return f"The same holds for {count} more {'place' if count == 1 else 'places'} in this file."


class SignalTexts(Collection[str]):
    """All texts that signals can state. A text with a placeholder stands for all its forms.

    Each may end with how many more places it holds for.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        every = set(texts)
        self._exact = frozenset(every)
        self._forms = tuple(
            re.compile(re.escape(text).replace(re.escape(PLACEHOLDER), _DESCRIBED))
            for text in sorted(every)
            if PLACEHOLDER in text
        )

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        stated = _MORE_PLACES.sub("", text)
        return stated in self._exact or any(form.fullmatch(stated) for form in self._forms)

    def __iter__(self) -> Iterator[str]:
        return iter(self._exact)

    def __len__(self) -> int:
        return len(self._exact)
