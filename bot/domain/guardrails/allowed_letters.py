"""The letters that a model may use, and the plain form in which its words are compared.

A list of look-alikes would never be complete, so the letters of ordinary English text are allowed and all
others are refused. Allowed letters beyond ASCII are folded to ASCII before any rule sees them.
"""

import re
import unicodedata

# Characters of English text beyond ASCII: accented Latin letters, typographic marks, currencies, a few
# operators.
_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžğışćčłńřőű"
_MARKS = "‘’“”«»–—…·•×÷±≈≠≤≥→←↔€£¥§°µ²³½¼"
_ALLOWED = frozenset(_LETTERS + _LETTERS.upper() + _MARKS)
_FOLDED = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o"}
    | {"ı": "i", "ł": "l"}
)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Mn", "Me", "Zl", "Zp"})


def refuse_letters(text: str) -> str | None:
    """Return why a text may not be shown because of its letters, or None if it may."""
    if text.isascii():
        return None if text.isprintable() else "hides characters"
    others = {character for character in text if not character.isascii() and character not in _ALLOWED}
    if any(unicodedata.category(character) in _UNSEEN for character in others):
        return "hides characters"
    return "not English" if others else None


def fold(text: str) -> str:
    """Return text in lower case, without accents, with straight quotes and single spaces."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.lower().translate(_FOLDED))
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"\s+", " ", text.lower()).strip()
