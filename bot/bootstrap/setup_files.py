"""Shared by both set-ups: output of messages, and the files for variables."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from bot import settings as environment
from bot.adapters.files.env_files import EnvFile
from bot.domain.setup import env_file
from bot.settings import Settings

# Both set-ups look for these in the file themselves, because `--replace` ignores the stored ones.
_CREDENTIALS = frozenset(
    {
        "SENSEI_GITHUB_APP_ID",
        "SENSEI_GITHUB_PRIVATE_KEY",
        "SENSEI_GITHUB_WEBHOOK_SECRET",
        "SENSEI_SLACK_BOT_TOKEN",
        "SENSEI_SLACK_APP_TOKEN",
        "SENSEI_SLACK_SIGNING_SECRET",
    }
)


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


def load_settings(file: Path | None) -> Settings:
    """Return the settings from the environment, and from a file for variables that the environment lacks.

    This way, a set-up uses the database that the file names, even if the user has not loaded the file.

    Raises:
        UserError: the file or a value cannot be used.
    """
    if file is None:
        return environment.load()
    stored = EnvFile(file.expanduser().absolute()).stored()
    return environment.load({name: value for name, value in stored.items() if name not in _CREDENTIALS})
