"""Fetches calendars over https, only from listed hosts, and never from a private network.

The host's name is resolved once, and the connection goes to an address that was checked: a name that leads
elsewhere a moment later changes nothing. A redirect is followed only to a listed host, and checked likewise.
No error names the address, because it may be a secret. What is fetched is read in another process.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.parse import urljoin

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from bot.adapters.calendars.reading_process import DEFAULT_LIMITS, CalendarLimits, read_apart
from bot.domain.one_to_ones.calendar_addresses import CalendarAddress, UnusableAddressError, read_address
from bot.domain.one_to_ones.calendar_events import CalendarProblem, DatedEvent, EventFilter
from bot.ports.calendars import UnreadableCalendarError

MOST_BYTES = 4 * 1024 * 1024
_MOST_SECONDS = 20.0
_MOST_SECONDS_OF_SILENCE = 5.0
_MOST_REDIRECTS = 3
_PIECE = 64 * 1024
_HEADERS = {"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "sensei"}

Resolve = Callable[[str], Sequence[str]]
"""Returns the IP addresses of a host. It raises OSError if there are none."""


def resolve(host: str) -> list[str]:
    """Return the IP addresses of a host.

    Raises:
        OSError: the name has no address.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Return whether an IP address is reachable from anywhere, so that it's in no private network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


@dataclass(frozen=True)
class HttpsCalendars:
    """``ports.calendars.Calendars``. ``hosts`` are those from which calendars may be fetched.

    ``trust`` says whom to believe who a host is; ``port``, ``resolve`` and ``may_connect`` are for tests.
    ``seconds`` is how long a fetch may take in all, and ``limits`` what the reading may take.
    """

    hosts: Collection[str]
    resolve: Resolve = resolve
    may_connect: Callable[[str], bool] = is_public
    port: int = 443
    trust: ssl.SSLContext | None = None
    seconds: float = _MOST_SECONDS
    limits: CalendarLimits = DEFAULT_LIMITS

    def read(
        self, address: str, wanted: EventFilter, first: datetime, last: datetime, zone: str
    ) -> Sequence[DatedEvent]:
        """Return the occurrences of the wanted events from ``first`` to ``last``, by time.

        Raises:
            UnreadableCalendarError: it can't be read.
            TransientError: this machine can't read it now.
        """
        return read_apart(self._fetch(address), wanted, first, last, zone, self.limits)

    def _fetch(self, address: str) -> bytes:
        deadline = time.monotonic() + self.seconds
        for _ in range(_MOST_REDIRECTS + 1):
            place = self._read_address(address)
            content, further = self._get(place, deadline)
            if not further:
                return content
            try:
                address = urljoin(place.text, further)
            except ValueError:
                break
        raise UnreadableCalendarError(CalendarProblem.REFUSED)

    def _read_address(self, address: str) -> CalendarAddress:
        try:
            return read_address(address, self.hosts)
        except UnusableAddressError:
            raise UnreadableCalendarError(CalendarProblem.NOT_ALLOWED) from None

    def _get(self, place: CalendarAddress, deadline: float) -> tuple[bytes, str]:
        """Return what is at an address, and where it redirects to, or an empty text."""
        found = self._find_address(place.host, deadline)
        # Connecting and the handshake may each take as long as the timeout.
        left = max(0.1, (deadline - time.monotonic()) / 2)
        connection = HTTPSConnection(
            found,
            self.port,
            timeout=min(_MOST_SECONDS_OF_SILENCE, left),
            ssl_context=self.trust or ssl.create_default_context(),
            server_hostname=place.host,
            assert_hostname=place.host,
        )
        headers = {**_HEADERS, "Host": place.host}
        try:
            connection.connect()
            with _hanging_up(connection, deadline):
                connection.request("GET", place.path, headers=headers, preload_content=False)
                with connection.getresponse() as answer:
                    if 300 <= answer.status < 400 and answer.headers.get("Location"):
                        return b"", answer.headers["Location"]
                    if answer.status != 200:
                        raise UnreadableCalendarError(_explain(answer.status))
                    return _read_body(answer, deadline), ""
        except (HTTPError, HTTPException, OSError, ValueError):
            raise UnreadableCalendarError(CalendarProblem.NO_ANSWER) from None
        finally:
            connection.close()

    def _find_address(self, host: str, deadline: float) -> str:
        """Return the first address of a host. All of them must be public."""
        found = self._resolve_until(host, deadline)
        if found is None:
            raise UnreadableCalendarError(CalendarProblem.NO_ANSWER)
        if not found or not all(map(self.may_connect, found)):
            raise UnreadableCalendarError(CalendarProblem.NOT_ALLOWED)
        return found[0]

    def _resolve_until(self, host: str, deadline: float) -> Sequence[str] | None:
        """Return the addresses of a host, or None if there are none in time.

        A resolver takes no deadline. So it's asked in a thread that ends by itself, whenever it answers.
        """
        answers: list[Sequence[str]] = []

        def ask() -> None:
            with suppress(OSError, ValueError):  # a part of a name may be too long
                answers.append(self.resolve(host))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(max(0.0, deadline - time.monotonic()))
        return answers[0] if answers else None


@contextmanager
def _hanging_up(connection: HTTPSConnection, deadline: float) -> Iterator[None]:
    """Hang up at the deadline, even while a host sends one byte after the other."""
    connected: socket.socket = connection.sock  # the connection may forget it before the answer has ended

    def hang_up() -> None:
        with suppress(OSError):
            # Not the method of an encrypted socket, which drops the encryption that the other thread uses.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    clock = threading.Timer(max(0.0, deadline - time.monotonic()), hang_up)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()
        clock.join()


def _explain(status: int) -> CalendarProblem:
    return CalendarProblem.NO_ANSWER if status >= 500 or status == 429 else CalendarProblem.REFUSED


def _read_body(answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while piece := answer.read1(_PIECE, decode_content=False):
        content += piece
        if len(content) > MOST_BYTES:
            raise UnreadableCalendarError(CalendarProblem.TOO_LARGE)
    if time.monotonic() >= deadline:  # it may have been cut off
        raise UnreadableCalendarError(CalendarProblem.NO_ANSWER)
    return bytes(content)
