"""The app's own tokens, looked at: what Slack says of them."""

from dataclasses import dataclass

from bot.adapters.slack.failures import MethodRefusedError, TokenRejectedError
from bot.adapters.slack.requests import API, SlackRequests, client
from bot.errors import PermanentError
from bot.ports.chat import Workspace
from bot.ports.slack_app import SlackFacts

_ANOTHER = (
    "Make an app-level token with the scope connections:write (Basic Information, App-Level Tokens), and put "
    "it into SENSEI_SLACK_APP_TOKEN."
)
_SWITCH = "Switch Socket Mode on, on the app's page at Slack."


@dataclass(frozen=True)
class SlackOwnApp:
    """``ports.slack_app.OwnSlackApp``."""

    api_url: str = API

    def facts(self, bot_token: str) -> SlackFacts:
        """Ask who a bot token is.

        Raises:
            PermanentError: it is not taken. TransientError: Slack did not answer.
        """
        data, headers = SlackRequests(client(bot_token, self.api_url)).told(
            "auth.test", "Looking at the bot token"
        )
        scopes = headers.get("x-oauth-scopes", "")
        return SlackFacts(
            Workspace(data["team_id"], data.get("team", ""), data["user_id"], data.get("url", "")),
            bool(data.get("bot_id")),
            frozenset(filter(None, (each.strip() for each in scopes.split(",")))),
        )

    def opens_socket(self, app_token: str) -> None:
        """See that an app-level token may open a connection for Socket Mode; none is opened.

        Raises:
            PermanentError: the token is not taken, or lacks its scope. TransientError: no answer.
        """
        what = "Asking for a connection"
        caller = SlackRequests(client(app_token, self.api_url))
        try:
            data, _ = caller.told("apps.connections.open", what)
        except TokenRejectedError as refused:
            raise PermanentError(refused.what, _ANOTHER) from None
        except MethodRefusedError as answered:
            raise PermanentError(f"{what}: Slack refuses ({answered.code}).", _SWITCH) from None
        if not str(data.get("url", "")).startswith(("wss://", "ws://")):
            raise PermanentError(f"{what}: Slack gave no address.", _SWITCH)
