"""The key in our messages' metadata, by which they are found again."""

from collections.abc import Mapping
from typing import Any

from bot.rendering.chat.slack_validation import checked_key

EVENT_TYPE = "sensei"
"""The event type in our messages' metadata. Its payload is ``{"key": …}``."""


def key_metadata(key: str) -> dict[str, Any]:
    """Return the metadata of a message with a key."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": checked_key(key)}}


def has_key(message: Mapping[str, Any], key: str) -> bool:
    """Return whether a message, as Slack lists it, has a key."""
    metadata = message.get("metadata") or {}
    return (
        metadata.get("event_type") == EVENT_TYPE and (metadata.get("event_payload") or {}).get("key") == key
    )
