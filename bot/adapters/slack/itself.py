"""The app's own tokens, looked at: what Slack says of them."""

from dataclasses import dataclass

from bot.adapters.slack.client import API, Caller, client
from bot.errors import PermanentError
from bot.ports.chat import Workspace


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a bot token: where it is installed, and with which scopes."""

    workspace: Workspace
    is_bot: bool
    scopes: frozenset[str]


@dataclass(frozen=True)
class Itself:
    """Tokens as they stand in the settings; neither is in any error."""

    api_url: str = API

    def facts(self, bot_token: str) -> Facts:
        """Ask who a bot token is.

        Raises:
            PermanentError: it is not taken. TransientError: Slack did not answer.
        """
        data, headers = Caller(client(bot_token, self.api_url)).told("auth.test", "Looking at the bot token")
        scopes = headers.get("x-oauth-scopes", "")
        return Facts(
            Workspace(data["team_id"], data.get("team", ""), data["user_id"], data.get("url", "")),
            bool(data.get("bot_id")),
            frozenset(filter(None, (each.strip() for each in scopes.split(",")))),
        )

    def opens_socket(self, app_token: str) -> bool:
        """Say whether an app-level token may open a connection for Socket Mode; none is opened.

        Raises:
            PermanentError: the token is not taken, or lacks its scope. TransientError: no answer.
        """
        what = "Asking for a connection"
        data, _ = Caller(client(app_token, self.api_url)).told("apps.connections.open", what)
        if not str(data.get("url", "")).startswith(("wss://", "ws://")):
            raise PermanentError(f"{what}: Slack gave no address.", "Is Socket Mode on, on the app's page?")
        return True
