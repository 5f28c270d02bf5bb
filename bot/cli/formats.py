"""Names of output formats, the same in every command."""

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.errors import UserError

Named = TypeVar("Named", bound=StrEnum)


class Format(StrEnum):
    """Formats for a person at a terminal, for a page and for a program."""

    TERMINAL = "terminal"
    MD = "md"
    JSON = "json"


def choose_by_ending(format_: Named | None, output: Path | None, endings: Collection[Named]) -> Named | None:
    """Return the format that was asked for, by name or by the ending of the output file's name.

    Only ``endings`` choose a format. None: neither the name nor the ending chooses one.

    Raises:
        UserError: name and ending choose different formats.
    """
    ending = output.suffix.lower().removeprefix(".") if output else ""
    by_name = next((known for known in endings if known.value == ending), None)
    if format_ and by_name and format_ is not by_name:
        raise UserError(
            f"--format {format_} doesn't match the extension of {output}.",
            "Omit --format, or change the extension.",
        )
    return format_ or by_name
