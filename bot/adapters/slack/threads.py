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

UNAVAILABLE = frozenset(
    {
        "access_denied",
        "accesslimited",
        "cannot_reply_to_message",
        "channel_type_not_supported",
        "deprecated_endpoint",
        "feature_not_enabled",
        "method_deprecated",
        "method_not_supported_for_channel_type",
        "missing_recipient_team_id",
        "missing_recipient_user_id",
        "missing_thread_ts",
        "no_permission",
        "not_agent_app",
        "not_allowed",
        "not_supported",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "unknown_method",
    }
)
"""Slack's codes that mean: not with this app, in this workspace or in this conversation."""

_GONE_THREAD = frozenset({"invalid_thread_ts", "message_not_found", "thread_not_found"})


@contextmanager
def unavailable_if_refused(activity: str) -> Iterator[None]:
    """Turn refusals that mean that a feature is missing into one error.

    Every permanent refusal of such a request is one, apart from a rejected token: what is permanently wrong
    with the conversation shows when the ordinary message is posted there.
    """
    try:
        yield
    except TokenRejectedError:
        raise
    except PermanentError as refused:
        raise FeatureUnavailableError(refused.what, refused.remedy) from None
    except MethodRefusedError as refused:
        if refused.code not in UNAVAILABLE:
            raise
        raise FeatureUnavailableError(
            f"{activity}: not available here ({refused.code}).",
            "`sensei setup slack --check` shows which scopes the app lacks.",
        ) from None


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
    try:
        with unavailable_if_refused(activity):
            caller.write(f"assistant.threads.{method}", activity, sent)
    except MethodRefusedError as refused:
        if refused.code not in _GONE_THREAD:
            raise
