"""What an answer of Slack's means: try again, somebody must act, too late, or a bug of ours.

Codes are those of https://docs.slack.dev/reference/methods. A code that is not here is
``MethodRefusedError``: the caller knows what it means for its method, or it is a bug.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import PermanentError, TransientError
from bot.ports.chat import TriggerExpiredError
from bot.rendering.chat.slack_validation import UnsendableError

# Without Retry-After, Slack's window is a minute. https://docs.slack.dev/apis/web-api/rate-limits
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
    "app_not_found": "the app is gone",
    "invalid_auth": "the token is none of Slack's, or of another Slack",
    "not_allowed_token_type": "the token is of the wrong kind",
    "not_authed": "there is no token",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
_INSTALL_AGAIN = (
    "Install the app in the workspace again (api.slack.com/apps, Install App), put the new token into "
    "SENSEI_SLACK_BOT_TOKEN and start anew; `sensei setup slack --check` looks at it."
)
_GONE = {
    "access_denied": ("the workspace does not allow it", "Its administrators may."),
    "cannot_dm_bot": ("a bot takes no direct message", "Name a person."),
    "channel_not_found": ("the conversation is gone, or hidden from the app", "Is its member still there?"),
    "ekm_access_denied": ("the workspace's administrators have suspended access", "Ask them."),
    "is_archived": ("the conversation is archived", "Somebody in it may unarchive it."),
    "messages_tab_disabled": ("the app takes no direct messages", "At Slack: App Home, Messages Tab."),
    "not_enabled": ("the App Home is switched off", "Switch it on at Slack: App Home, Home Tab."),
    "not_in_channel": ("the app is not in the conversation", "Invite it: /invite @Sensei."),
    "org_login_required": ("the workspace is being moved", "Its administrators say when it is there."),
    "restricted_action": ("the workspace does not let the app post there", "Its administrators may."),
    "team_access_not_granted": ("the workspace does not allow it", "Its administrators may."),
    "user_disabled": ("their account in Slack is deactivated", "Have they left the dojo too?"),
    "user_not_found": ("there is no such user", "Have they left the workspace?"),
    "user_not_visible": ("the app may not see that user", "Are they a guest of another workspace?"),
    "users_not_found": ("there is no such user", "Have they left the workspace?"),
}


@dataclass(frozen=True, slots=True)
class SlackResponse:
    """A refusal as it came; ``code`` is empty where it named none. Names of headers are lower case."""

    status: int
    code: str
    headers: Mapping[str, str]
    data: Mapping[str, Any]


class MethodRefusedError(Exception):
    """Slack refused with a code that means something for this method alone; else it is a bug."""

    def __init__(self, what: str, code: str, reasons: str) -> None:
        super().__init__(f"{what}: Slack refuses ({code}{reasons}).")
        self.code = code


class NotFoundError(PermanentError):
    """The channel or the user is not there; ``code`` is Slack's word."""

    def __init__(self, what: str, remedy: str, code: str) -> None:
        super().__init__(what, remedy)
        self.code = code


class TokenRejectedError(PermanentError):
    """The token is not taken any more."""


def translate_refusal(what: str, answer: SlackResponse) -> Exception:
    """Return what to raise; ``what`` names the undertaking."""
    code = answer.code
    if answer.status == 429 or code in _LIMITED:
        return TransientError(f"{what}: Slack's rate limit was reached.", retry_after(answer.headers))
    if answer.status >= 500 or answer.status in {0, 408} or code in _TRANSIENT:
        after = retry_after(answer.headers) if "retry-after" in answer.headers else None
        return TransientError(f"{what}: Slack answered {code or answer.status}.", after)
    if not code:  # no answer of the API's: something between us and Slack has spoken
        return TransientError(f"{what}: what answered with {answer.status} was not Slack's API.")
    return _somebody_must_act(what, answer) or _refusal(what, answer)


def _somebody_must_act(what: str, answer: SlackResponse) -> PermanentError | None:
    code = answer.code
    if code in _REFUSED:
        return TokenRejectedError(f"{what}: {_REFUSED[code]} ({code}).", _INSTALL_AGAIN)
    if code == "missing_scope":
        needed = str(answer.data.get("needed", "")) or "unnamed"
        return PermanentError(
            f"{what}: the app lacks the scope {needed}.",
            "`sensei setup slack --check` says which to add; then install the app again.",
        )
    if code in _GONE:
        said, remedy = _GONE[code]
        return NotFoundError(f"{what}: {said} ({code}).", remedy, code)
    return None


def _refusal(what: str, answer: SlackResponse) -> Exception:
    said = answer.data.get("response_metadata")
    listed = said.get("messages") if isinstance(said, Mapping) else None
    reasons = [str(each) for each in listed[:_MOST_REASONS]] if isinstance(listed, list) else []
    told = f": {'; '.join(reasons)}" if reasons else ""
    if answer.code in _TOO_LATE:
        return TriggerExpiredError(f"{what}: more than three seconds after the click.")
    if answer.code in _UNSENDABLE:
        return UnsendableError(f"{what}: Slack refuses ({answer.code}{told}).")
    return MethodRefusedError(what, answer.code, told)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds that Slack asks for."""
    after = headers.get("retry-after", "").strip()
    return min(max(float(after), 1.0), _LONGEST_WAIT) if after.isdecimal() else _WAIT
