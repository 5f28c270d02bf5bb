"""Which addresses may get an answer to a command or a click: only Slack's.

A request names the address for its answer (``response_url``). Only its signature or the connection says that
Slack wrote it, so a leaked secret must not let anyone make Sensei call any server that it can reach.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_HOSTS = ("slack.com", "slack-gov.com")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")
_HTTPS = 443


def is_slack_address(address: str, api_url: str) -> bool:
    """Return whether an address is one of Slack's, or on the host of the API that Sensei uses.

    It must be https, unless the API itself is on this machine.
    """
    parts, api = _split(address), _split(api_url)
    if parts is None or parts.username is not None or parts.password is not None:
        return False
    if api is not None and (_find_host(parts), _find_port(parts)) == (_find_host(api), _find_port(api)):
        return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(_find_host(parts)))
    host = _find_host(parts)
    known = any(host == name or host.endswith(f".{name}") for name in _HOSTS)
    return known and parts.scheme == "https" and _find_port(parts) == _HTTPS


def _split(address: str) -> SplitResult | None:
    """Return the parts of an address, or None if it has no host that every program reads in the same way."""
    if not address.isascii() or not address.isprintable() or "\\" in address or " " in address:
        return None
    try:
        parts = urlsplit(address)
        _find_port(parts)
    except ValueError:
        return None
    return parts if _HOST.fullmatch(_find_host(parts)) else None


def _find_host(parts: SplitResult) -> str:
    return (parts.hostname or "").lower()


def _find_port(parts: SplitResult) -> int:
    return parts.port or (_HTTPS if parts.scheme == "https" else 80)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
