"""Slack through slack_sdk, for an app in one workspace.

``connect(token, api_url)`` returns the ``SlackChat`` that implements ``ports.chat.Chat``. ``SlackOwnApp``
checks the app's own tokens. The server creates Bolt's clients with ``client()``, so that no request is sent
twice.
"""

from bot.adapters.slack.chat import SlackChat, connect
from bot.adapters.slack.own_app import SlackOwnApp
from bot.adapters.slack.requests import client

__all__ = ["SlackChat", "SlackOwnApp", "client", "connect"]
