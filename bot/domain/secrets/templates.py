"""Pieces of a key that a template names: ``a = "..."`` and then ``f"ghp_{a}"``."""

import re
from collections.abc import Iterator

from bot.domain.secrets.key_formats import PLACEHOLDER, PREFIXED
from bot.domain.secrets.values import mixed

_BEGINNINGS = tuple(anchor for rule in PREFIXED for anchor in rule.anchors)
_TEMPLATE = re.compile(
    r"[A-Za-z0-9_-]{0,40}+"
    r"(?P<names>(?:\$?\{[A-Za-z_]\w{0,40}+\}|[\"'`]?[ \t]{0,2}+\+[ \t]{0,2}+[A-Za-z_]\w{0,40}+){1,8}+)"
)
_NAME = re.compile(r"[A-Za-z_]\w*+")
_ASSIGNED = re.compile(
    r"(?<![\w.])(?P<name>[A-Za-z_]\w{0,40}+)[ \t]{0,8}+:?=[ \t]{0,8}+"
    r"\\?[\"'`](?P<piece>[A-Za-z0-9_-]{8,200}+)\\?[\"'`]"
)
_RUN = re.compile(r"[A-Za-z0-9]{8,}")  # what is cut by hyphens more often is a name


def find_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the strings stand that a template puts behind the beginning of a key."""
    names = {name for listed in _templates(text) for name in _NAME.findall(listed)}
    for found in _ASSIGNED.finditer(text) if names else ():
        piece = found["piece"]
        random = any(mixed(run) for run in _RUN.findall(piece)) and not PLACEHOLDER.search(piece)
        if random and found["name"] in names:
            yield found.span("piece")


def _templates(text: str) -> Iterator[str]:
    for beginning in _BEGINNINGS:
        at = text.find(beginning)
        while at >= 0:
            found = _TEMPLATE.match(text, at + len(beginning))
            if found and not text[max(0, at - 1) : at].isalnum():
                yield found["names"]
            at = text.find(beginning, at + len(beginning))
