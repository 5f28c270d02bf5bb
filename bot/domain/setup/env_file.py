"""Files of variables that a shell, systemd and docker all read in the same way.

The three treat quotes, spaces and ``$`` differently, so values are unquoted and contain none of these.
"""

import re
from collections.abc import Mapping

_PLAIN = re.compile(r"[\w./@%+,:=-]+")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*")


def is_plain(value: str) -> bool:
    """Return whether the shell, systemd and docker all read the value in the same way."""
    return _PLAIN.fullmatch(value) is not None


def read(text: str) -> dict[str, str]:
    """Return the variables that are set. If a variable is set twice, the last value counts."""
    found = {}
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            value = match[2]
            if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
                value = value[1:-1]
            found[match[1]] = value
    return {name: value for name, value in found.items() if value}


def merged(text: str, values: Mapping[str, str]) -> str:
    """Return the text with these values set and all other lines unchanged.

    Raises:
        ValueError: a value is not plain.
    """
    for name, value in values.items():
        if not is_plain(value):
            raise ValueError(
                f"{name} cannot be written in a way that a shell, systemd and docker all read alike"
            )
    left = dict(values)
    lines = []
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None or match[1] not in values:
            lines.append(line)
        elif match[1] in left:
            lines.append(f"{match[1]}={left.pop(match[1])}")
    lines += [f"{name}={value}" for name, value in left.items()]
    return "\n".join(lines) + "\n"
