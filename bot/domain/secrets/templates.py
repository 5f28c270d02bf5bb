"""Find pieces of a key that a template joins: ``a = "..."`` and then ``f"ghp_{a}"``."""

import re
from collections.abc import Iterator

from bot.domain.secrets.key_formats import PLACEHOLDER, PREFIXED
from bot.domain.secrets.values import is_mixed

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
_RUN = re.compile(r"[A-Za-z0-9]{8,}")  # if the runs between a value's hyphens are shorter, it is a name


def find_template_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of the strings that a template puts after a key's prefix."""
    names = {name for names_text in _find_templates(text) for name in _NAME.findall(names_text)}
    for found in _ASSIGNED.finditer(text) if names else ():
        piece = found["piece"]
        random = any(is_mixed(run) for run in _RUN.findall(piece)) and not PLACEHOLDER.search(piece)
        if random and found["name"] in names:
            yield found.span("piece")


def _find_templates(text: str) -> Iterator[str]:
    for beginning in _BEGINNINGS:
        at = text.find(beginning)
        while at >= 0:
            found = _TEMPLATE.match(text, at + len(beginning))
            if found and not text[max(0, at - 1) : at].isalnum():
                yield found["names"]
            at = text.find(beginning, at + len(beginning))
