"""One request to Slack: in its turn, once, and its answer understood.

slack_sdk repeats nothing here: a post whose answer was lost may have been made, and the workflow that asked
for it looks for it first (``SlackChat.find``).
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
from bot.errors import TransientError

API = "https://slack.com/api/"
"""Where Slack is, GovSlack apart (https://slack-gov.com/api/)."""

TIMEOUT = 15
"""Seconds for one request: longer than Slack takes, shorter than anybody waits."""

_CODE = re.compile(r"[a-z][a-z0-9_]{1,80}")


def client(token: str | None, api_url: str = API, timeout: int = TIMEOUT) -> WebClient:
    """Return a client that sends each request once, and logs nothing that it sends.

    Its own lookup of proxies knows no exceptions (NO_PROXY); Python's, which is used without it, does.
    """
    quiet = logging.getLogger("bot.adapters.slack.sdk")
    quiet.setLevel(logging.CRITICAL)  # the failure is told by whoever asked, and debug lines hold messages
    made = WebClient(token=token, base_url=api_url, timeout=timeout, retry_handlers=[], logger=quiet)
    made.proxy = None
    return made


@dataclass
class SlackRequests:
    """Makes requests with one client. ``limits`` is shared by all that use the same token."""

    web: WebClient
    limits: RateLimits = field(default_factory=RateLimits)

    def write(self, method: str, what: str, body: Mapping[str, Any], channel: str = "") -> dict[str, Any]:
        """Ask for a change, as JSON; what is None is left out.

        Raises:
            TransientError, PermanentError, TriggerExpired, Unsendable, failures.Answered: see ``failures``.
        """
        sent = {name: value for name, value in body.items() if value is not None}
        return self._ask(method, what, channel, json=sent)

    def read(self, method: str, what: str, **params: str | int) -> dict[str, Any]:
        """Ask for something, as a form: methods that read take no JSON."""
        return self._ask(method, what, "", params=params)

    def told(self, method: str, what: str) -> tuple[dict[str, Any], dict[str, str]]:
        """Ask about the token itself; return the answer and its headers, their names in lower case."""
        return self._exchange(method, what, "", json={})

    def _ask(self, method: str, what: str, channel: str, **sent: Any) -> dict[str, Any]:
        return self._exchange(method, what, channel, **sent)[0]

    def _exchange(
        self, method: str, what: str, channel: str, **sent: Any
    ) -> tuple[dict[str, Any], dict[str, str]]:
        self.limits.wait(method, channel, what)
        try:
            with _understood(what):
                answer = self.web.api_call(method, **sent)
        except TransientError as failed:
            if failed.retry_in is not None:
                self.limits.hold(method, failed.retry_in)
            raise
        data = answer.data
        if not isinstance(data, dict):
            raise TransientError(f"{what}: Slack's answer was none.")
        return data, _lower(answer.headers)


def _lower(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers.items()}


@contextmanager
def _understood(what: str) -> Iterator[None]:
    """Turn what slack_sdk and the network raise into what the workflows know; no token is in any of it."""
    try:
        yield
    except SlackApiError as refused:
        response = refused.response
        data = response.data if isinstance(response.data, dict) else {}
        code = str(data.get("error", ""))
        answer = failures.SlackResponse(
            response.status_code,
            code if _CODE.fullmatch(code) else "",
            _lower(response.headers),
            data,
        )
        raise failures.translate_refusal(what, answer) from None
    except (OSError, http.client.HTTPException, SlackClientError, ValueError) as failed:
        # Timeouts and broken connections are OSErrors; a body that is cut off or no JSON is a ValueError.
        raise TransientError(f"{what}: Slack did not answer ({type(failed).__name__}).") from None
