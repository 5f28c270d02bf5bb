"""The scripts that can replace a model in an evaluation."""

from enum import StrEnum


class Script(StrEnum):
    """What a scripted model does.

    - ``perfect`` says what the case expects, and nothing else.
    - ``random`` says what it likes about changed lines, always the same for the same case.
    - ``lazy`` says nothing.
    - ``lying`` claims every check, states false facts, and invents or alters most of its quotes.
    """

    PERFECT = "perfect"
    RANDOM = "random"
    LAZY = "lazy"
    LYING = "lying"
