r"""Characters that are written as an escape (``\n``, ``%3D``), and the codes that colour a terminal's text.

Both can end in a letter or a digit. A key that begins right behind one begins a word all the same.
"""

import re

# ESC itself, and as languages, JSON, terminals and Sensei write it. Logs that were pasted may have lost it.
_ESC = "(?:\x1b|\u241b|" + r"\\(?:[eE]|0{0,2}33|x1[bB]|u001[bB]|u\{1[bB]\}))"
_CSI = "\x9b"  # both in one character

COLOUR = rf"(?:(?:{_ESC}\[|{_CSI})[0-9;:?]{{0,40}}[A-Za-z]|{_ESC}[()][AB0]|\[[0-9;]{{1,40}}m(?!\]))"
"""A control sequence of a terminal, such as ``ESC[1;32m``; the pattern fits text, and bytes in UTF-8."""

_SPELLED = (
    r"\\(?:[abefnrtv]|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}|[0-7]{1,3})"
    r"|%(?:25){0,2}[0-9a-fA-F]{2}"
    # Of quoted-printable, what stands for no letter and no digit: "=AB" may begin a value.
    r"|=(?:0[9AD]|2[0-9A-F]|3[A-F]|40|5[BCDEF]|60|7[B-E])"
)
ESCAPE = rf"(?:{COLOUR}|{_SPELLED})"
"""An escape of any kind; the pattern fits text, and bytes in UTF-8."""

LONGEST_ESCAPE = 12
"""Characters of an escape that is no ``COLOUR``."""

_COLOUR = re.compile(COLOUR)
_ENDS_ESCAPE = re.compile(rf"(?:{_SPELLED})\Z")


def uncoloured(text: str) -> str:
    """Return a text of the same length with blanks in the places of codes that colour; often the same one."""
    return _COLOUR.sub(lambda found: " " * len(found[0]), text)


def ends_escape(text: str, at: int) -> bool:
    """Say whether an escape, other than a ``COLOUR``, ends at a place."""
    return _ENDS_ESCAPE.search(text, max(0, at - LONGEST_ESCAPE), at) is not None
