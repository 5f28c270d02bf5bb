"""Slack, as one workspace sees the app, through slack_sdk.

``connect(token, api_url)`` gives the ``SlackChat`` that implements ``ports.chat.Chat``; ``SlackOwnApp``
looks at the app's own tokens. Whoever serves the app makes Bolt's clients with ``client()``, so that nothing
is sent twice.
"""

from bot.adapters.slack.chat import SlackChat, connect
from bot.adapters.slack.own_app import SlackOwnApp
from bot.adapters.slack.requests import client

__all__ = ["SlackChat", "SlackOwnApp", "client", "connect"]
