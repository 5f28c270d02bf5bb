"""Messages with a single text and optional small print below it."""

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import section, small


def text_message(text: str, small_print: str = "") -> OutgoingMessage:
    """Return a message with a single text. ``text`` must already be safe mrkdwn."""
    blocks = (section(text), *([small(small_print)] if small_print else []))
    return OutgoingMessage(text.replace("*", ""), blocks)
