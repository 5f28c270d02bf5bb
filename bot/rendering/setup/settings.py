"""Format settings for a terminal, for README, and as a file of variables."""

import textwrap
from collections.abc import Iterable
from typing import Protocol


class ShownSetting(Protocol):
    """A setting as shown to people."""

    @property
    def variable(self) -> str:
        """The environment variable."""

    @property
    def value(self) -> str:
        """The value or the default, or an empty text if there is neither."""

    @property
    def description(self) -> str:
        """The description."""


def markdown(settings: Iterable[ShownSetting]) -> str:
    """Return README's table."""
    rows = [
        f"| `{s.variable}` | {f'`{s.value}`' if s.value else 'none'} | {s.description} |" for s in settings
    ]
    return "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *rows]) + "\n"


def env_file(settings: Iterable[ShownSetting]) -> str:
    """Return ``.env.example``: every variable at its default, commented out."""
    head = (
        "# Sensei's settings with their defaults. Sensei reads the environment, never this file, "
        "because it runs\n"
        "# inside other people's repositories. Load a copy with `set -a; . ./my.env; set +a`, or from a\n"
        "# service unit.\n"
    )
    return head + "".join(f"\n# {s.description}\n# {s.variable}={s.value}\n" for s in settings)


def terminal(settings: Iterable[ShownSetting]) -> str:
    """Format settings for 80 columns."""
    parts = []
    for s in settings:
        meaning = textwrap.fill(s.description, 76, initial_indent="    ", subsequent_indent="    ")
        parts.append(f"{s.variable}={s.value}\n{meaning}\n")
    return "".join(parts)
