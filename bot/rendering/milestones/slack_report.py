"""What Sensei says in Slack about a report: above the file, and if it couldn't be sent."""

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_blocks import section

COMMENT = (
    "Here's the report that you asked for. Save the file and open it in a browser; it prints well. I've sent "
    "it to nobody else."
)
_UNSENT = (
    "I couldn't send you the report, because I'm not allowed to upload files here. Nothing was lost. Ask "
    "the person who runs Sensei: they can make the same report with `sensei milestone report`."
)


def unsent_message() -> OutgoingMessage:
    """Say that a report couldn't be sent."""
    return OutgoingMessage("I couldn't send you the report.", (section(_UNSENT),))
