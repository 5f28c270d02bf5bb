"""The Slack app itself: its tokens and scopes."""

from dataclasses import dataclass
from typing import Protocol

from bot.ports.chat import Workspace


@dataclass(frozen=True, slots=True)
class SlackFacts:
    """A bot token's workspace and scopes. ``scopes`` is None if Slack's answer doesn't list them."""

    workspace: Workspace
    is_bot: bool
    scopes: frozenset[str] | None


class OwnSlackApp(Protocol):
    """Checks the app's own tokens. No error contains a token."""

    def facts(self, bot_token: str) -> SlackFacts:
        """Return the workspace and scopes of a bot token.

        Raises:
            PermanentError: the token is refused. TransientError: Slack did not answer.
        """

    def check_socket_token(self, app_token: str) -> None:
        """Check that an app-level token may open a connection, without opening one. Raises like ``facts``."""
