"""Checks the app's own tokens with Slack."""

from dataclasses import dataclass

from bot.adapters.slack.failures import MethodRefusedError
from bot.adapters.slack.requests import DEFAULT_API_URL, SlackRequests, client
from bot.errors import PermanentError
from bot.ports.chat import TokenRejectedError, Workspace
from bot.ports.slack_app import SlackFacts

_CREATE_ANOTHER = (
    "Create an app-level token with the scope connections:write (Basic Information > App-Level Tokens), and "
    "set SENSEI_SLACK_APP_TOKEN to it."
)
_SWITCH_ON = "On the app's page at Slack, switch on Socket Mode."


@dataclass(frozen=True)
class SlackOwnApp:
    """``ports.slack_app.OwnSlackApp``."""

    api_url: str = DEFAULT_API_URL

    def facts(self, bot_token: str) -> SlackFacts:
        """Return the workspace and the scopes of a bot token.

        Raises:
            PermanentError: Slack rejects the token.
            TransientError: Slack did not answer.
        """
        data, headers = SlackRequests(client(bot_token, self.api_url)).check_token(
            "auth.test", "Checking the bot token"
        )
        scopes = headers.get("x-oauth-scopes")  # a proxy may remove it
        return SlackFacts(
            Workspace(data["team_id"], data.get("team", ""), data["user_id"], data.get("url", "")),
            bool(data.get("bot_id")),
            None if scopes is None else frozenset(filter(None, map(str.strip, scopes.split(",")))),
        )

    def check_socket_token(self, app_token: str) -> None:
        """Check that an app-level token may open a Socket Mode connection, without opening one.

        Raises:
            PermanentError: Slack rejects the token, or the token lacks its scope.
            TransientError: Slack did not answer.
        """
        activity = "Requesting a connection"
        caller = SlackRequests(client(app_token, self.api_url))
        try:
            data, _ = caller.check_token("apps.connections.open", activity)
        except TokenRejectedError as refused:
            raise PermanentError(refused.what, _CREATE_ANOTHER) from None
        except MethodRefusedError as refused:
            raise PermanentError(f"{activity}: Slack refused ({refused.code}).", _SWITCH_ON) from None
        if not str(data.get("url", "")).startswith(("wss://", "ws://")):
            raise PermanentError(f"{activity}: Slack returned no connection address.", _SWITCH_ON)
