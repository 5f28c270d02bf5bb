r"""Recognise escape sequences (``\n``, ``%3D``) and the codes that colour a terminal's text.

Both can end in a letter or a digit. A key that directly follows one still starts a new word.
"""

import re

# ESC itself, and how languages, JSON, terminals and Sensei write it. It may be missing in pasted logs.
_ESC = "(?:\x1b|\u241b|" + r"\\(?:[eE]|0{0,2}33|x1[bB]|u001[bB]|u\{1[bB]\}))"
_CSI = "\x9b"  # ESC and "[" as one character

COLOUR = rf"(?:(?:{_ESC}\[|{_CSI})[0-9;:?]{{0,40}}[A-Za-z]|{_ESC}[()][AB0]|\[[0-9;]{{1,40}}m(?!\]))"
"""A control sequence of a terminal, such as ``ESC[1;32m``; the pattern matches text and UTF-8 bytes."""

_SPELLED = (
    r"\\(?:[abefnrtv]|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[0-7]{1,3})"
    r"|%(?:25){0,2}[0-9a-fA-F]{2}"
    # Quoted-printable, but only for characters other than letters and digits: "=AB" may start a value.
    r"|=(?:0[9AD]|2[0-9A-F]|3[A-F]|40|5[BCDEF]|60|7[B-E])"
)
ESCAPE = rf"(?:{COLOUR}|{_SPELLED})"
"""An escape of any kind; the pattern matches text and UTF-8 bytes."""

LONGEST_ESCAPE = 12
"""The length in characters of the longest escape that is not a ``COLOUR``."""

_COLOUR = re.compile(COLOUR)
_ENDS_ESCAPE = re.compile(rf"(?:{_SPELLED})\Z")


def blank_out_colours(text: str) -> str:
    """Return the text with each colour code replaced by blanks of the same length."""
    return _COLOUR.sub(lambda found: " " * len(found[0]), text)


def ends_escape(text: str, at: int) -> bool:
    """Return whether an escape other than a ``COLOUR`` ends at a position."""
    return _ENDS_ESCAPE.search(text, max(0, at - LONGEST_ESCAPE), at) is not None
