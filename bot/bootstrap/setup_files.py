"""Shared by both set-ups: output of messages, and the files for variables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from bot.domain.setup import env_file


@dataclass(frozen=True, slots=True)
class Output:
    """Output functions: ``say`` for results, ``complain`` for failures."""

    say: Callable[[str], None]
    complain: Callable[[str], None]


def default_env_file(name: str) -> Path:
    """Return the path of a file of variables in the user's configuration folder.

    On macOS, that folder's name contains a space, which docker and a shell read differently.
    """
    folder = platformdirs.user_config_path("sensei", appauthor=False)
    if not env_file.is_plain(str(folder)):
        folder = Path.home() / ".config" / "sensei"
    return folder / name
