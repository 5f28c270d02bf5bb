"""Sorts refusals from Slack: retry later, a person must act, too late, or a bug in Sensei.

The codes are those of https://docs.slack.dev/reference/methods. A code that is not listed here raises
``MethodRefusedError``: either the caller knows what it means for its method, or it is a bug.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import PermanentError, TransientError
from bot.ports.chat import PictureUnusableError, TokenRejectedError, TriggerExpiredError
from bot.rendering.chat.slack_value_rules import UnsendableError

# Seconds to wait if there is no Retry-After header. Slack counts requests per minute.
# https://docs.slack.dev/apis/web-api/rate-limits
_WAIT = 60.0
_LONGEST_WAIT = 3700.0
_MOST_REASONS = 5

_TRANSIENT = {
    "fatal_error",
    "internal_error",
    "request_timeout",
    "rollup_error",
    "service_unavailable",
    "team_added_to_org",  # the workspace is being moved
}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
_TOO_LATE = {
    "exchanged_trigger_id",
    "expired_trigger_id",
    "invalid_trigger_id",
    "trigger_exchanged",
    "trigger_expired",
}
_UNSENDABLE = {
    "invalid_blocks",
    "invalid_blocks_format",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "view_too_large",
}
# In response_metadata or errors, with the place of the block. A new file is refused so for some seconds.
_NO_PICTURE = "invalid slack file"
_REFUSED = {
    "account_inactive": "the app was removed from the workspace",
    "app_not_found": "the app was deleted",
    "invalid_auth": "the token is invalid or belongs to another Slack workspace",
    "not_allowed_token_type": "the token is of the wrong type",
    "not_authed": "the token is missing",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
_INSTALL_AGAIN = (
    "Install the app in the workspace again (api.slack.com/apps, Install App), set "
    "SENSEI_SLACK_BOT_TOKEN to the new token and restart Sensei. To check the token, run "
    "`sensei setup slack --check`."
)
_GONE = {
    "access_denied": ("the workspace does not allow it", "Ask the workspace's administrators to allow it."),
    "cannot_dm_bot": ("bots can't receive direct messages", "Choose a person, not a bot."),
    "channel_not_found": (
        "the conversation no longer exists, or the app can't see it",
        "Check that the people in it are still in the workspace.",
    ),
    "ekm_access_denied": (
        "the workspace's administrators have suspended access",
        "Ask them to restore access.",
    ),
    "is_archived": ("the conversation is archived", "Ask one of its members to unarchive it."),
    "messages_tab_disabled": (
        "the app's direct messages are switched off",
        "Switch them on in the app's settings on Slack: App Home > Messages Tab.",
    ),
    "not_enabled": (
        "the App Home is switched off",
        "Switch it on in the app's settings on Slack: App Home > Home Tab.",
    ),
    "not_in_channel": ("the app is not in the conversation", "Invite it: /invite @Sensei."),
    "org_login_required": (
        "the workspace is being moved",
        "Ask its administrators when it will be available again.",
    ),
    "restricted_action": (
        "the workspace doesn't let the app post there",
        "Ask the workspace's administrators to allow it.",
    ),
    "team_access_not_granted": (
        "the workspace does not allow it",
        "Ask the workspace's administrators to allow it.",
    ),
    "user_disabled": (
        "the user's Slack account is deactivated",
        "Check whether they have also left the dojo.",
    ),
    "user_not_found": ("the user does not exist", "Check whether they have left the workspace."),
    "user_not_visible": (
        "the app isn't allowed to see that user",
        "Check whether they are a guest from another workspace.",
    ),
    "users_not_found": ("the user does not exist", "Check whether they have left the workspace."),
}


@dataclass(frozen=True, slots=True)
class SlackResponse:
    """A refusal as Slack sent it. ``code`` may be empty. Header names are in lower case."""

    status: int
    code: str
    headers: Mapping[str, str]
    data: Mapping[str, Any]


class MethodRefusedError(Exception):
    """Slack refused with a code that only the caller can interpret. If it can't, this is a bug."""

    def __init__(self, activity: str, code: str, reasons: str) -> None:
        super().__init__(f"{activity}: Slack refused ({code}{reasons}).")
        self.code = code


class NotFoundError(PermanentError):
    """The channel or user does not exist. ``code`` is Slack's error code."""

    def __init__(self, message: str, remedy: str, code: str) -> None:
        super().__init__(message, remedy)
        self.code = code


def translate_refusal(activity: str, response: SlackResponse) -> Exception:
    """Return the exception for a refusal. ``activity`` names the attempt, such as “Posting a message”."""
    code = response.code
    if response.status == 429 or code in _LIMITED:
        return TransientError(f"{activity}: Slack's rate limit was reached.", retry_after(response.headers))
    if response.status >= 500 or response.status in {0, 408} or code in _TRANSIENT:
        after = retry_after(response.headers) if "retry-after" in response.headers else None
        return TransientError(f"{activity}: Slack answered {code or response.status}.", after)
    if not code:  # a proxy between us and Slack has answered, not the API
        return TransientError(
            f"{activity}: a server that is not Slack's API answered with {response.status}."
        )
    return _explain_permanent(activity, response) or _classify_refusal(activity, response)


def _explain_permanent(activity: str, response: SlackResponse) -> PermanentError | None:
    code = response.code
    if code in _REFUSED:
        return TokenRejectedError(f"{activity}: {_REFUSED[code]} ({code}).", _INSTALL_AGAIN)
    if code == "missing_scope":
        needed = str(response.data.get("needed", "")) or "unnamed"
        return PermanentError(
            f"{activity}: the app lacks the scope {needed}.",
            "`sensei setup slack --check` shows which scopes to add. Then install the app again.",
        )
    if code in _GONE:
        reason, remedy = _GONE[code]
        return NotFoundError(f"{activity}: {reason} ({code}).", remedy, code)
    return None


def _classify_refusal(activity: str, response: SlackResponse) -> Exception:
    reasons = _list_reasons(response.data)
    details = f": {'; '.join(reasons)}" if reasons else ""
    if response.code in _TOO_LATE:
        return TriggerExpiredError(f"{activity}: more than three seconds had passed since the click.")
    if response.code == "invalid_blocks" and any(_NO_PICTURE in reason for reason in reasons):
        return PictureUnusableError(f"{activity}: Slack can't show the picture yet.")
    if response.code in _UNSENDABLE:
        return UnsendableError(f"{activity}: Slack refused ({response.code}{details}).")
    return MethodRefusedError(activity, response.code, details)


def _list_reasons(data: Mapping[str, Any]) -> list[str]:
    metadata = data.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    return [str(message) for message in messages[:_MOST_REASONS]] if isinstance(messages, list) else []


def retry_after(headers: Mapping[str, str]) -> float:
    """Return how many seconds Slack asks us to wait."""
    after = headers.get("retry-after", "").strip()
    return min(max(float(after), 1.0), _LONGEST_WAIT) if after.isdecimal() else _WAIT
