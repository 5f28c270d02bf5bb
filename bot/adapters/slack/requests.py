"""Makes single requests to Slack within its rate limits, and turns refusals into our own errors.

slack_sdk retries nothing here. If the answer to a post was lost, the message may still have been posted. So
the workflow looks for the message before it posts again (``SlackChat.find``).
"""

import http.client
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.adapters.slack import failures
from bot.adapters.slack.rate_limits import RateLimits
from bot.adapters.slack.token_state import TokenState
from bot.errors import TransientError
from bot.ports.chat import TokenRejectedError, Urgency

DEFAULT_API_URL = "https://slack.com/api/"
"""The address of Slack's API. GovSlack has its own: https://slack-gov.com/api/."""

TIMEOUT = 15
"""Timeout of one request in seconds: longer than Slack needs, shorter than people are willing to wait."""

_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")


def client(token: str | None, api_url: str = DEFAULT_API_URL, timeout: int = TIMEOUT) -> WebClient:
    """Return a client that sends each request once and never logs what it sends.

    The client's own proxy lookup is switched off because it ignores NO_PROXY. Python's is used instead.
    """
    quiet = logging.getLogger("bot.adapters.slack.sdk")
    quiet.setLevel(logging.CRITICAL)  # the caller reports failures, and debug lines contain messages
    web = WebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=[], logger=quiet)
    web.proxy = None
    return web


@dataclass
class SlackRequests:
    """Makes requests with one client. Everything that uses the same token shares its state and limits."""

    web: WebClient
    limits: RateLimits = field(default_factory=RateLimits)
    token: TokenState = field(default_factory=TokenState)

    def write(
        self,
        method: str,
        activity: str,
        body: Mapping[str, Any],
        channel: str = "",
        urgency: Urgency = Urgency.NORMAL,
    ) -> dict[str, Any]:
        """Send a change as JSON, without values that are None.

        Raises:
            TransientError, PermanentError, TriggerExpiredError, UnsendableError, MethodRefusedError: see
            ``failures``.
        """
        sent = {name: value for name, value in body.items() if value is not None}
        return self._call(method, activity, channel, urgency, json=sent)

    def read(
        self,
        method: str,
        activity: str,
        params: Mapping[str, str | int],
        urgency: Urgency = Urgency.NORMAL,
    ) -> dict[str, Any]:
        """Read data. The parameters are sent as a form, because reading methods don't accept JSON."""
        return self._call(method, activity, "", urgency, params=params)

    def check_token(self, method: str, activity: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Call a method about the token itself. Return the answer and its headers (names in lower case)."""
        return self._exchange(method, activity, "", Urgency.PRESSING, json={})

    def _call(
        self, method: str, activity: str, channel: str, urgency: Urgency, **sent: Any
    ) -> dict[str, Any]:
        if urgency is not Urgency.PRESSING:
            self.token.require_accepted()
        return self._exchange(method, activity, channel, urgency, **sent)[0]

    def _exchange(
        self, method: str, activity: str, channel: str, urgency: Urgency, **sent: Any
    ) -> tuple[dict[str, Any], dict[str, str]]:
        self.limits.wait(method, channel, activity, urgency)
        try:
            with _translate_errors(activity):
                answer = self.web.api_call(method, **sent)
        except TransientError as failed:
            if failed.retry_in is not None:
                self.limits.hold(method, failed.retry_in)
            raise
        except TokenRejectedError as rejected:
            self.token.reject(rejected)
            raise
        self.token.accept()
        data = answer.data
        if not isinstance(data, dict):
            raise TransientError(f"{activity}: Slack's answer was not a JSON object.")
        return data, _lower_names(answer.headers)


def _lower_names(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


@contextmanager
def _translate_errors(activity: str) -> Iterator[None]:
    """Turn errors of slack_sdk and the network into our own, which never contain a token."""
    try:
        yield
    except SlackApiError as refused:
        response = refused.response
        data = response.data if isinstance(response.data, dict) else {}
        code = str(data.get("error", ""))
        refusal = failures.SlackResponse(
            response.status_code,
            code if _CODE.fullmatch(code) else "",
            _lower_names(response.headers),
            data,
        )
        raise failures.translate_refusal(activity, refusal) from None
    except (OSError, http.client.HTTPException, SlackClientError, ValueError) as failed:
        # Timeouts and broken connections are OSErrors; a truncated or non-JSON body is a ValueError.
        raise TransientError(f"{activity}: Slack did not answer ({type(failed).__name__}).") from None
