"""Reading the payloads that a host or a chat sends: JSON, or a form that may contain JSON."""

import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping
from typing import Any

FORM = re.compile(r"[\w.]+=[^\s&]*(?:&[\w.]+=[^\s&]*)*")
_BRACKET = re.compile(r"[\[\]{}]")
_MOST_NESTED = 100


def decode_payload(payload: bytes) -> str:
    """Return a payload as text. A form, as Slack sends it, is percent-decoded."""
    text = payload.decode("utf-8", "replace")
    return urllib.parse.unquote_plus(text) if FORM.fullmatch(text) else text


def parse_payload(payload: bytes) -> Any:
    """Return a payload as a JSON value, or None if it is neither JSON nor a form.

    A form is returned as its fields; JSON in a field is parsed too.
    """
    text = payload.decode("utf-8", "replace")
    if FORM.fullmatch(text):
        fields = urllib.parse.parse_qsl(text, keep_blank_values=True)
        return {key: _parse_field(value) for key, value in fields}
    try:
        return json.loads(text)
    except ValueError:
        return None


def parse_structure(text: str) -> Any:
    """Return the value of a form or JSON; None for any other text, or if it is nested too deeply."""
    if FORM.fullmatch(text):
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True)) or None
    if not text.lstrip().startswith(("{", "[", '"')) or _is_nested_too_deeply(text):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def chat_users(payload: Any) -> Iterator[str]:
    """Yield the ids of the users who acted in a chat's payload: a command, a form or an event."""
    if not isinstance(payload, Mapping):
        return
    for user in (payload.get("user_id"), payload.get("user")):
        user_id = user.get("id") if isinstance(user, Mapping) else user
        if isinstance(user_id, str):
            yield user_id
    for inner in ("payload", "event", "body"):
        yield from chat_users(payload.get(inner))


def _parse_field(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_nested_too_deeply(text: str) -> bool:
    """Say whether brackets are nested more deeply than in any JSON that Sensei stores."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > _MOST_NESTED:
            return True
    return False
