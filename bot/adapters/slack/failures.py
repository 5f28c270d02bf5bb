"""What a refusal from Slack means: try again, a person must act, too late, or a bug of ours.

The codes are those of https://docs.slack.dev/reference/methods. A code that is not listed here raises
``MethodRefusedError``: the caller knows what it means for its method, or it is a bug.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import PermanentError, TransientError
from bot.ports.chat import TriggerExpiredError
from bot.rendering.chat.slack_value_rules import UnsendableError

# Seconds to wait without a Retry-After header: Slack's window is a minute.
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
_REFUSED = {
    "account_inactive": "the app was removed from the workspace",
    "app_not_found": "the app was deleted",
    "invalid_auth": "the token is not valid, or belongs to another Slack",
    "not_allowed_token_type": "the token is of the wrong kind",
    "not_authed": "there is no token",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
_INSTALL_AGAIN = (
    "Install the app in the workspace again (api.slack.com/apps, Install App), put the new token into "
    "SENSEI_SLACK_BOT_TOKEN and restart Sensei. `sensei setup slack --check` checks the token."
)
_GONE = {
    "access_denied": ("the workspace does not allow it", "Ask its administrators to allow it."),
    "cannot_dm_bot": ("bots can't receive direct messages", "Name a person."),
    "channel_not_found": (
        "the conversation is gone, or hidden from the app",
        "Check that its member is still there.",
    ),
    "ekm_access_denied": ("the workspace's administrators have suspended access", "Ask them to restore it."),
    "is_archived": ("the conversation is archived", "One of its members can unarchive it."),
    "messages_tab_disabled": (
        "the app takes no direct messages",
        "Switch them on in Slack: App Home, Messages Tab.",
    ),
    "not_enabled": ("the App Home is switched off", "Switch it on in Slack: App Home, Home Tab."),
    "not_in_channel": ("the app is not in the conversation", "Invite it: /invite @Sensei."),
    "org_login_required": ("the workspace is being moved", "Ask its administrators when it is back."),
    "restricted_action": (
        "the workspace doesn't let the app post there",
        "Ask its administrators to allow it.",
    ),
    "team_access_not_granted": ("the workspace does not allow it", "Ask its administrators to allow it."),
    "user_disabled": ("their account in Slack is deactivated", "Check whether they have left the dojo, too."),
    "user_not_found": ("there is no such user", "Check whether they have left the workspace."),
    "user_not_visible": (
        "the app may not see that user",
        "Check whether they are a guest from another workspace.",
    ),
    "users_not_found": ("there is no such user", "Check whether they have left the workspace."),
}


@dataclass(frozen=True, slots=True)
class SlackResponse:
    """A refusal as Slack sent it. ``code`` is empty if there was none; header names are in lower case."""

    status: int
    code: str
    headers: Mapping[str, str]
    data: Mapping[str, Any]


class MethodRefusedError(Exception):
    """Slack refused with a code that only the method's caller can interpret; otherwise it is a bug."""

    def __init__(self, activity: str, code: str, reasons: str) -> None:
        super().__init__(f"{activity}: Slack refuses ({code}{reasons}).")
        self.code = code


class NotFoundError(PermanentError):
    """The channel or the user does not exist; ``code`` is Slack's."""

    def __init__(self, message: str, remedy: str, code: str) -> None:
        super().__init__(message, remedy)
        self.code = code


class TokenRejectedError(PermanentError):
    """Slack no longer accepts the token."""


def translate_refusal(activity: str, response: SlackResponse) -> Exception:
    """Return the exception for a refusal; ``activity`` names what was tried, such as “Posting a message”."""
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
    metadata = response.data.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    reasons = [str(message) for message in messages[:_MOST_REASONS]] if isinstance(messages, list) else []
    details = f": {'; '.join(reasons)}" if reasons else ""
    if response.code in _TOO_LATE:
        return TriggerExpiredError(f"{activity}: more than three seconds after the click.")
    if response.code in _UNSENDABLE:
        return UnsendableError(f"{activity}: Slack refuses ({response.code}{details}).")
    return MethodRefusedError(activity, response.code, details)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Slack asks us to wait."""
    after = headers.get("retry-after", "").strip()
    return min(max(float(after), 1.0), _LONGEST_WAIT) if after.isdecimal() else _WAIT
