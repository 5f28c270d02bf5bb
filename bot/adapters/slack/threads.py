"""Status, title and suggested questions of a thread with the app.

A workspace may not have these features, and an app that was made from an earlier manifest lacks a scope. That
is a normal case, which a caller gets as ``FeatureUnavailableError``.
https://docs.slack.dev/reference/methods/assistant.threads.setStatus
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bot.adapters.slack.failures import MethodRefusedError
from bot.adapters.slack.requests import SlackRequests
from bot.errors import PermanentError
from bot.ports.chat import FeatureUnavailableError, SuggestedPrompt, TokenRejectedError
from bot.rendering.chat.slack_validation import checked_prompts, checked_status, checked_title
from bot.rendering.chat.slack_value_rules import UnsendableError

_GONE_THREAD = frozenset({"invalid_thread_ts", "message_not_found", "thread_not_found"})


@contextmanager
def unavailable_if_refused() -> Iterator[None]:
    """Turn each refusal into one error, which means: not with this app, or not in this conversation.

    Every permanent refusal of such a request is one, apart from a rejected token: what is permanently wrong
    with the conversation shows when the ordinary message is posted there. So is a code that nobody knows,
    since Slack adds codes, and nothing that is only nice to have may lose an answer.
    """
    try:
        yield
    except TokenRejectedError:
        raise
    except PermanentError as refused:
        raise FeatureUnavailableError(refused.what, refused.remedy) from None
    except (MethodRefusedError, UnsendableError) as refused:
        remedy = "`sensei setup slack --check` shows which scopes the app lacks."
        raise FeatureUnavailableError(str(refused), remedy) from None


def set_status(caller: SlackRequests, channel: str, thread: str, status: str) -> None:
    """Show below a thread what Sensei does. Do nothing if the thread is gone.

    Raises:
        TransientError, TokenRejectedError, FeatureUnavailableError: nothing was shown. So in all three.
    """
    sent = {"channel_id": channel, "thread_ts": thread, "status": checked_status(status)}
    _set(caller, "setStatus", "Showing a status", sent)


def set_title(caller: SlackRequests, channel: str, thread: str, title: str) -> None:
    """Set a thread's title. Do nothing if the thread is gone."""
    sent = {"channel_id": channel, "thread_ts": thread, "title": checked_title(title)}
    _set(caller, "setTitle", "Setting a title", sent)


def suggest_prompts(
    caller: SlackRequests, channel: str, thread: str | None, title: str, prompts: Sequence[SuggestedPrompt]
) -> None:
    """Suggest questions. Do nothing if the thread is gone."""
    sent = {
        "channel_id": channel,
        "thread_ts": thread,
        "title": checked_title(title),
        "prompts": [
            {"title": prompt.title, "message": prompt.message} for prompt in checked_prompts(prompts)
        ],
    }
    _set(caller, "setSuggestedPrompts", "Suggesting questions", sent)


def _set(caller: SlackRequests, method: str, activity: str, sent: Mapping[str, Any]) -> None:
    with unavailable_if_refused():
        try:
            caller.write(f"assistant.threads.{method}", activity, sent)
        except MethodRefusedError as refused:
            if refused.code not in _GONE_THREAD:
                raise
