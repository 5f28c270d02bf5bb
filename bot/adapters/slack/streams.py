"""Messages that grow while they are read.

Slack ends a stream that is some minutes old, and its reader can stop it. So nothing relies on it: in the end,
``chat.update`` replaces what it showed with the whole message, as an ordinary one.
https://docs.slack.dev/reference/methods/chat.startStream
"""

from bot.adapters.slack.failures import MethodRefusedError
from bot.adapters.slack.metadata import key_metadata
from bot.adapters.slack.requests import SlackRequests
from bot.adapters.slack.threads import unavailable_if_refused
from bot.ports.chat import FeatureUnavailableError, PostedMessage
from bot.rendering.chat.slack_validation import checked_markdown

_ENDED = frozenset({"message_not_in_streaming_state", "stopped_by_user"})
_GONE = "message_not_found"


def start_stream(
    caller: SlackRequests, workspace: str, channel: str, thread: str, recipient: str
) -> PostedMessage:
    """Start a message that grows. In a channel, Slack shows only its recipient how it grows.

    Raises:
        TransientError: it may have been started.
        FeatureUnavailableError: it was not.
    """
    body = {
        "channel": channel,
        "thread_ts": thread,
        "recipient_team_id": workspace,
        "recipient_user_id": recipient,
    }
    activity = "Starting a message"
    if not all(map(caller.limits.has_room, ("chat.startStream", "chat.stopStream"))):
        # Slack lets few messages grow in a minute. An ordinary one arrives sooner than this one would begin.
        raise FeatureUnavailableError(f"{activity}: too many grow at the moment.", "Wait a minute.")
    with unavailable_if_refused():
        started = caller.write("chat.startStream", activity, body, channel)
    return PostedMessage(started.get("channel") or channel, started["ts"])


def append_stream(caller: SlackRequests, posted: PostedMessage, markdown: str) -> bool:
    """Add to a stream. Return False if Slack refuses, as when it has ended or is gone.

    Raises:
        TransientError: it may have been added. So don't repeat it; the end replaces everything.
    """
    chunk = {"type": "markdown_text", "text": checked_markdown(markdown)}
    body = {"channel": posted.channel, "ts": posted.ts, "chunks": [chunk]}
    try:
        caller.write("chat.appendStream", "Continuing a message", body)
    except MethodRefusedError:
        return False
    return True


def end_stream(caller: SlackRequests, posted: PostedMessage, key: str) -> bool:
    """End a stream, if it hasn't ended. Return False if its message is gone."""
    body = {"channel": posted.channel, "ts": posted.ts, "metadata": key_metadata(key)}
    try:
        caller.write("chat.stopStream", "Finishing a message", body)
    except MethodRefusedError as refused:
        if refused.code not in {_GONE, *_ENDED}:
            raise
        return refused.code != _GONE
    return True
