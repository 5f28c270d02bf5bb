"""Slack, as one workspace sees the app, through slack_sdk.

``connect(token, api_url)`` gives the ``SlackChat`` that implements ``ports.chat.Chat``; ``Itself`` looks at
the app's own tokens. Whoever serves the app makes Bolt's clients with ``client()``, so that nothing is sent
twice.
"""

from bot.adapters.slack.chat import SlackChat, connect
from bot.adapters.slack.own_app import Itself
from bot.adapters.slack.requests import client

__all__ = ["Itself", "SlackChat", "client", "connect"]
