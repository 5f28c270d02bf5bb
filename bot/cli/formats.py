"""Names of output formats, the same in every command."""

from enum import StrEnum


class Format(StrEnum):
    """Formats for a person at a terminal, for a page and for a program."""

    TERMINAL = "terminal"
    MD = "md"
    JSON = "json"
