"""How results are printed, the same words in every command."""

from enum import StrEnum


class Format(StrEnum):
    """For a person at a terminal, for a page, for a program."""

    TERMINAL = "terminal"
    MD = "md"
    JSON = "json"
