"""The Slack app's manifest, and the scopes and events it needs. Set-up and checks share them.

https://docs.slack.dev/reference/app-manifest
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from bot.domain.setup.github_app_manifest import reachable
from bot.errors import UserError

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "hear the messages in channels that mention it",
    "assistant:write": "suggest questions to ask, and give threads a title",
    "chat:write": "send, edit and delete its own direct and group messages",
    "commands": "receive /dojo, and the shortcut in a message's menu",
    "files:write": "upload the digest's picture, and reports that people ask for",
    "im:history": "read what people write to it, and find its own messages",
    "im:write": "open a direct message with someone",
    "mpim:history": "find its own group messages, if Slack didn't confirm them",
    "mpim:write": "open a group message with a participant and their sensei",
    "users:read": "read names and time zones",
    "users:read.email": "find people by e-mail address when a list is imported",
}
"""The bot token's scopes and the reason for each. Sensei does not read channels, files or member lists.

An app that was made from an earlier manifest lacks the ``OPTIONAL_SCOPES``.
"""

OPTIONAL_SCOPES: Mapping[str, str] = {
    "app_mentions:read": "Without app_mentions:read, Sensei doesn't hear questions in channels.",
    "assistant:write": "Without assistant:write, Sensei suggests no questions, and threads have no titles.",
    "files:write": "Without files:write, the weekly digest has no picture, and people can't get reports.",
}
"""Scopes without which Sensei works, and what it does not do then."""

APP_SCOPE = "connections:write"
"""The scope of the app-level token. It allows Sensei to open a Socket Mode connection."""

EVENTS: Sequence[str] = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
"""The events to subscribe to. Commands, buttons and forms arrive without a subscription.

``message.im`` lets Sensei answer people who write to it, and ``app_mention`` people who mention it in a
channel. An app that was made from an earlier manifest lacks them, and works as before. With the agent view,
``app_home_opened`` also says that a person opened their conversation with Sensei.
"""

EVENTS_PATH = "/slack/events"
COMMAND = "/dojo"
SHORTCUTS: Mapping[str, tuple[str, str]] = {
    "decisions.new": ("Record as a decision", "Keep one of your own messages as a private decision record"),
    "enquiries.ask": ("Ask Sensei about this", "Ask Sensei a question, with one of your own messages in it"),
}
"""The shortcuts in the menu of a message: their names and descriptions, by callback id.

An app that was made from an earlier manifest lacks them, and works as before.
"""
LONGEST_NAME = 35
AGENT_DESCRIPTION = (
    "Ask about the rubric, your dojo's handbook and your own decisions. Sensei answers from these sources, "
    "names them, and asks you a question back. It doesn't solve your task, and can pass your question on to "
    "your sensei."
)
"""What Slack says of the app where people begin a conversation with it, in at most 300 characters."""
AGENT_PROMPTS: Mapping[str, str] = {
    "The rubric on evals": "What does the rubric say about evals?",
    "The rubric on security": "What does the rubric say about security?",
}
"""Questions that Slack suggests until Sensei suggests others: what is sent, by the button's title."""


@dataclass(frozen=True, slots=True)
class SlackAppManifest:
    """The app to create. ``url`` is its address for signed HTTP requests; None means Socket Mode."""

    name: str
    api: str
    url: str | None = None

    def manifest(self) -> Mapping[str, Any]:
        """Return the manifest."""
        request_url = {"request_url": self.url} if self.url else {}
        command = {
            "command": COMMAND,
            "description": "Join the dojo, link GitHub, see your status",
            "usage_hint": "help",
            "should_escape": True,  # so that a mentioned person arrives as an id
            **({"url": self.url} if self.url else {}),
        }
        return {
            "display_information": {
                "name": self.name,
                "description": "Sensei reviews pull requests in an AI Dojo: the bot asks "
                "questions, and people judge the answers.",
            },
            "features": {
                # Slack refuses its older assistant view in new apps.
                "agent_view": {
                    "agent_description": AGENT_DESCRIPTION,
                    "suggested_prompts": [
                        {"title": title, "message": message} for title, message in AGENT_PROMPTS.items()
                    ],
                },
                "app_home": {
                    "home_tab_enabled": True,
                    "messages_tab_enabled": True,
                    "messages_tab_read_only_enabled": False,
                },
                "bot_user": {"display_name": self.name, "always_online": False},
                "shortcuts": [
                    {"name": name, "type": "message", "callback_id": callback, "description": about}
                    for callback, (name, about) in SHORTCUTS.items()
                ],
                "slash_commands": [command],
            },
            "oauth_config": {"scopes": {"bot": list(SCOPES)}},
            "settings": {
                "event_subscriptions": {"bot_events": list(EVENTS), **request_url},
                "interactivity": {"is_enabled": True, **request_url},
                "org_deploy_enabled": False,
                "socket_mode_enabled": self.url is None,
                "token_rotation_enabled": False,
            },
        }

    @property
    def page(self) -> str:
        """Return the address of Slack's page for creating the app, with the manifest filled in."""
        filled = quote(json.dumps(self.manifest(), separators=(",", ":")), safe="")
        return f"{apps_page(self.api)}?new_app=1&manifest_json={filled}"


def apps_page(api: str) -> str:
    """Return the address of the page that lists a person's apps, on the Slack that this API belongs to."""
    host = urlsplit(api).hostname or ""
    return (
        f"https://api.{host}/apps" if host in {"slack.com", "slack-gov.com"} else "https://api.slack.com/apps"
    )


def request_address(given: str) -> str:
    """Return the address for Slack's requests, given the address of `sensei serve`.

    Raises:
        UserError: Slack could not reach the address.
    """
    address = reachable(given, EVENTS_PATH)
    if address is None:
        raise UserError(
            f"Slack cannot send requests to {given!r}.",
            "Write the address as https://HOST. If you have no such address, omit --http: Socket Mode needs "
            "none.",
        )
    return address


def slack_name(given: str) -> str:
    """Return the app's name.

    Raises:
        UserError: the name is empty, or too long for Slack.
    """
    name = " ".join(given.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise UserError(
            f"An app cannot have the name {given!r}.", f"Slack accepts 1 to {LONGEST_NAME} characters."
        )
    return name
