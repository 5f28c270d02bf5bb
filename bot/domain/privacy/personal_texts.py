"""Texts that may be personal: those that a person wrote, or that quote or describe their work."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.privacy.data_scope import nested_mappings
from bot.domain.privacy.third_parties import WRITTEN

LEAST_CHARACTERS = 12
"""Minimum length in characters of a text to search for: anyone may have written a shorter one."""
_MOST_JOINED = 4_000_000
_CHECK_NAME = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.-]+")
_LABELS = frozenset(
    {"check", "touched", "verdict", "direction", "source", "side", "schema", "sha256", "commit", "head"}
    | {"base", "id", "provider", "version", "prompts", "rubric", "model", "stacks", "kind", "mode", "signal"}
)
"""Keys in reports and answers whose values Sensei wrote."""


def texts_about_work(document: object) -> Iterator[str]:
    """Yield the texts of a report or of a model's answer that quote or describe a person's work."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for key, part in document.items():
            if key not in _LABELS:
                yield from texts_about_work(part)
    elif isinstance(document, list | tuple):
        for part in document:
            yield from texts_about_work(part)


def written_texts(payload: object) -> Iterator[str]:
    """Yield the texts that people wrote: in a host's payload, after a chat's command, or in a chat's form."""
    for mapping in nested_mappings(payload):
        typed = (
            "value" if mapping.get("type") == "plain_text_input" else "text" if "command" in mapping else ""
        )
        if isinstance(mapping.get(typed), str):
            yield mapping[typed]
        for key in WRITTEN & mapping.keys():
            if isinstance(mapping[key], str):
                yield mapping[key]


def may_be_personal(subject: str) -> bool:
    """Say whether a command's subject may describe a person, and doesn't look like a check's name."""
    return not _CHECK_NAME.fullmatch(subject)


def own_texts(texts: Iterable[str], others: Iterable[str]) -> tuple[frozenset[str], int]:
    """Return the texts that only this person has, and how many of theirs other people's texts contain too.

    Texts shorter than ``LEAST_CHARACTERS`` are left out.
    """
    wanted = {text.strip() for text in texts if len(text.strip()) >= LEAST_CHARACTERS}
    own = frozenset(wanted)
    for elsewhere in _join_texts(others):
        own = frozenset(text for text in own if text not in elsewhere)
    return own, len(wanted) - len(own)


def _join_texts(texts: Iterable[str]) -> Iterator[str]:
    """Yield texts joined to a few million characters: they may be too many for memory at once."""
    joined: list[str] = []
    size = 0
    for text in texts:
        joined.append(text)
        size += len(text)
        if size >= _MOST_JOINED:
            yield "\0".join(joined)
            joined, size = [], 0
    yield "\0".join(joined)


def spellings(text: str) -> set[str]:
    """Return the forms of a text that a column may contain: plain, in JSON, and in JSON within JSON."""
    forms = {text}
    for ascii_only in (True, False):
        in_json = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        forms |= {in_json, json.dumps(in_json, ensure_ascii=ascii_only)[1:-1]}
    return forms
