"""People's names in a picture, whose font has only the letters of English.

Accents are dropped, as in ``Zolc`` for ``Żółć``. A name in another script becomes ``No. 3``, after its row,
and the text beside the picture says who that is.
"""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_FOLDED = {
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "Ae",
    "œ": "oe",
    "Œ": "Oe",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "’": "'",
    "‘": "'",
    "ʻ": "'",
    "ʼ": "'",
    "‐": "-",
    "–": "-",
}
CUT = "…"
_NUMBERED = "No. "
_MOST_LETTERS = 60
"""More letters of a label are never shown, so they needn't be measured."""

Fits = Callable[[str], bool]
"""Says whether a label fits into its place."""


@dataclass(frozen=True, slots=True)
class PersonLabel:
    """What a picture says for a name. ``explained``: the text beside it must say who that is."""

    text: str
    name: str
    explained: bool = False


def label_people(names: Sequence[str], fits: Fits) -> tuple[PersonLabel, ...]:
    """Return a label for each name, in their order. No two labels are the same.

    Whoever calls themselves ``No. 3`` gets the number of their own row.
    """
    drawn = [shorten_name(folded, fits) if (folded := fold_letters(name)) else "" for name in names]
    times = Counter(drawn)
    return tuple(
        PersonLabel(label, name)
        if label and times[label] == 1 and not label.startswith(_NUMBERED)
        else PersonLabel(f"{_NUMBERED}{row}", name, True)
        for row, (label, name) in enumerate(zip(drawn, names, strict=True), 1)
    )


def fold_letters(text: str) -> str:
    """Return a text in ASCII, or an empty text if it has letters that have none like them in ASCII.

    Emoji and invisible characters are dropped.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFKD", text):
        folded = _FOLDED.get(character, character)
        if folded.isascii():
            kept.append(folded if folded.isprintable() else " ")
        elif unicodedata.category(character)[0] in {"L", "N"}:
            return ""
    return " ".join("".join(kept).split())


def shorten_name(name: str, fits: Fits) -> str:
    """Return as much of an ASCII name as fits: all of it, ``Ada L.``, ``Ada``, or ``Alexan…``."""
    first, *others = name[:_MOST_LETTERS].split()
    initial = f"{first} {others[-1][0]}." if others else first
    for candidate in (*([name] if len(name) <= _MOST_LETTERS else []), initial, first):
        if fits(candidate):
            return candidate
    return cut_text(first, fits)


def cut_text(text: str, fits: Fits) -> str:
    """Return as many characters of a text as fit before an ellipsis."""
    length = min(len(text), _MOST_LETTERS)
    while length and not fits(f"{text[:length]}{CUT}"):
        length -= 1
    return f"{text[:length]}{CUT}"


def shorten_title(title: str, fits: Fits) -> str:
    """Return a title, without its last words if it doesn't fit."""
    folded = fold_letters(title) or "?"
    if fits(folded):
        return folded
    words = folded.split()
    while len(words) > 1:
        words.pop()
        shorter = " ".join(words)
        if words[-1].lower() not in {"and", "of", "or", "the", "for", "in"} and fits(f"{shorter}{CUT}"):
            return f"{shorter.rstrip(',')}{CUT}"
    return cut_text(words[0], fits)
