"""Messages of one text, with or without small print below it."""

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import section, small


def text_message(text: str, small_print: str = "") -> OutgoingMessage:
    """Return a message of one text, which is safe mrkdwn already."""
    blocks = (section(text), *([small(small_print)] if small_print else []))
    return OutgoingMessage(text.replace("*", ""), blocks)
