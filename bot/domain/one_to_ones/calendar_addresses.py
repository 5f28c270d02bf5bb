"""The addresses of calendars (``.ics``): which ones Sensei may fetch.

An address of a calendar is often a secret: whoever has it can read the calendar. So it is shown to nobody,
not even in an error.
"""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

KNOWN_HOSTS = (
    "calendar.google.com",
    "outlook.office365.com",
    "outlook.office.com",
    "outlook.live.com",
    ".icloud.com",
)
"""Where Google, Microsoft 365 and iCloud publish calendars. A dot at the start stands for all hosts below."""
MOST_OF_AN_ADDRESS = 2000
_HTTPS_PORT = 443


class UnusableAddressError(Exception):
    """Sensei must not fetch this address. The message is a sentence for the person who entered it."""


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """An address that may be fetched, as a host and a path with its query."""

    host: str
    path: str

    @property
    def text(self) -> str:
        """Return the whole address."""
        return f"https://{self.host}{self.path}"


def read_address(text: str, hosts: Collection[str]) -> CalendarAddress:
    """Read an address that a person entered, or that was stored. ``webcal:`` stands for ``https:``.

    Raises:
        UnusableAddressError: it isn't an https address on one of these hosts.
    """
    if not hosts:
        raise UnusableAddressError("Whoever runs Sensei has switched calendars off, so I can't read one.")
    address = text.strip()
    if len(address) > MOST_OF_AN_ADDRESS:
        raise UnusableAddressError("This address is too long.")
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise UnusableAddressError("This is not an address.") from None
    if parts.scheme not in {"https", "webcal"}:
        raise UnusableAddressError("The address must begin with https:// or webcal://.")
    if "@" in parts.netloc or port not in {None, _HTTPS_PORT}:
        raise UnusableAddressError("The address must not contain a user name or a port.")
    if not is_listed(host, hosts):
        raise UnusableAddressError(f"I can read calendars only from {list_hosts(hosts)}.")
    if not address.isascii() or not address.isprintable() or " " in address:
        raise UnusableAddressError("This address contains characters that an address can't have.")
    query = f"?{parts.query}" if parts.query else ""
    return CalendarAddress(host, f"{parts.path or '/'}{query}")


def is_listed(host: str, hosts: Collection[str]) -> bool:
    """Return whether a host is one of ``hosts``, or below one that begins with a dot."""
    return any(
        host == listed or (listed.startswith(".") and host.endswith(listed))
        for listed in (entry.lower() for entry in hosts)
    )


def list_hosts(hosts: Collection[str]) -> str:
    """Return the hosts for a sentence."""
    shown = [f"*{host}" if host.startswith(".") else host for host in hosts]
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
