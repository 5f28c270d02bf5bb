"""Texts that may be a person's own: what they wrote, and what quotes or describes their work."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.privacy.data_scope import nested_mappings
from bot.domain.privacy.third_parties import WRITTEN

LEAST_CHARACTERS = 12
"""Characters of the shortest text that is searched for: a shorter one may be anybody's."""
_CHECK_NAME = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.-]+")
_LABELS = frozenset(
    {"check", "touched", "verdict", "direction", "source", "side", "schema", "sha256", "commit", "head"}
    | {"base", "id", "provider", "version", "prompts", "rubric", "model", "stacks", "kind", "mode", "signal"}
)
"""Keys of reports and answers whose values are Sensei's own."""


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
    """Yield the texts that people wrote: in a host's payload, after a chat's command, or in its form."""
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
    """Say whether the subject of a command may describe a person: not if it looks like a check's name."""
    return not _CHECK_NAME.fullmatch(subject)


def own_texts(texts: Sequence[str], others: Sequence[str]) -> tuple[frozenset[str], int]:
    """Return the texts that are a person's alone, and how many of theirs other people's texts contain too.

    Texts shorter than ``LEAST_CHARACTERS`` are left out.
    """
    wanted = {text.strip() for text in texts if len(text.strip()) >= LEAST_CHARACTERS}
    elsewhere = "\0".join(others)
    own = frozenset(text for text in wanted if text not in elsewhere)
    return own, len(wanted) - len(own)


def spellings(text: str) -> set[str]:
    """Return a text as a column may hold it: as it is, within JSON, and within JSON within JSON."""
    forms = {text}
    for ascii_only in (True, False):
        in_json = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        forms |= {in_json, json.dumps(in_json, ensure_ascii=ascii_only)[1:-1]}
    return forms
