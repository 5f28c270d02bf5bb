"""The Slack app as it sees itself."""

from dataclasses import dataclass
from typing import Protocol

from bot.ports.chat import Workspace


@dataclass(frozen=True, slots=True)
class SlackFacts:
    """Of a bot token: where it is installed, and with which scopes."""

    workspace: Workspace
    is_bot: bool
    scopes: frozenset[str]


class OwnSlackApp(Protocol):
    """Looks at the app's own tokens; neither is in any error."""

    def facts(self, bot_token: str) -> SlackFacts:
        """Say who a bot token is. Raise PermanentError where it is not taken, TransientError: no answer."""

    def opens_socket(self, app_token: str) -> None:
        """See that an app-level token may open a connection; none is opened. Raises as ``facts`` does."""
