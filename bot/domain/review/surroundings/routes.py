"""Find the addresses under which a change's code is called over HTTP, so that clients of it can be shown."""

import re
from collections.abc import Iterable, Iterator

_ROUTE = re.compile(r"[\"'`](?:https?://[\w.:-]{1,80})?(/[\w./-]{2,100})")
_NEXT_ROUTE = re.compile(r"(?:\A|/)app/(?P<path>[\w()/.-]{1,150})/route\.[jt]sx?\Z")
_NEXT_GROUP = re.compile(r"\([^()/]*\)/?")
_LEAST = 7  # characters of an address with only one part, such as "/export"


def find_routes(lines: Iterable[str]) -> Iterator[str]:
    """Yield the addresses in the string literals of some lines, up to their first parameter."""
    for line in lines:
        for found in _ROUTE.findall(line[:400]):
            route = found.rstrip("/.-")
            if _is_telling(route):
                yield route


def file_route(path: str) -> str | None:
    """Return the address that Next.js gives a file: ``/api/chat`` for ``app/(chat)/api/chat/route.ts``."""
    found = _NEXT_ROUTE.search(path)
    return f"/{_NEXT_GROUP.sub('', found['path'])}".rstrip("/") or None if found else None


def _is_telling(route: str) -> bool:
    """Return whether an address is specific. File names and paths of imports are not."""
    parts = [part for part in route.split("/") if part]
    return "." not in route and (len(parts) > 1 or len(route) >= _LEAST) and len(parts) == route.count("/")
