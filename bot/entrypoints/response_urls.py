"""Sends answers to the ``response_url`` of a command or a click, in the background and only to Slack.

Slack accepts up to five answers at such an address within half an hour.
https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import http.client
import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

from bot.domain.chat.response_addresses import is_slack_address

log = structlog.get_logger(__name__)

_TIMEOUT = 5  # seconds for a request
_MOST_AT_ONCE = 16


class _NoRedirects(HTTPRedirectHandler):
    """Treats a redirect as an error, because it could lead to any host."""

    def redirect_request(self, *_arguments: Any) -> None:
        """Follow no redirect."""


class ResponseUrls:
    """Sends answers. ``api_url`` is the address of Slack's API. Thread-safe."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._changed = threading.Condition()
        self._running = 0

    def send_later(self, address: str, payload: Mapping[str, Any]) -> None:
        """Send an answer in a thread of its own, and return at once."""
        with self._changed:
            if self._running >= _MOST_AT_ONCE:
                log.info("slack.untold", why="too many answers at once")
                return
            self._running += 1
        try:
            threading.Thread(target=self._run, args=(address, payload), daemon=True).start()
        except RuntimeError:  # the system has no thread to spare; the click itself must still be acknowledged
            self._end_one()
            log.warning("slack.untold", why="no thread could be started")

    def wait(self, seconds: float) -> bool:
        """Wait until no answer is under way; return False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: self._running == 0, seconds)

    def send(self, address: str, payload: Mapping[str, Any]) -> None:
        """Send an answer. If the address isn't Slack's, or the request fails, only the log says so."""
        if not is_slack_address(address, self._api_url):
            log.warning("slack.untold", why="not an address of Slack's")
            return
        body = json.dumps(payload).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            request = Request(address, body, headers)  # noqa: S310 - the address was checked above
            with build_opener(_NoRedirects).open(request, timeout=_TIMEOUT):
                pass
        except (OSError, http.client.HTTPException, ValueError) as failed:
            log.info("slack.untold", why=type(failed).__name__)

    def _run(self, address: str, payload: Mapping[str, Any]) -> None:
        try:
            self.send(address, payload)
        finally:
            self._end_one()

    def _end_one(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()
