"""Which models their provider ends, and when: as the vendor's SDK knows it, which is brought up to date."""

import re
from collections.abc import Mapping

try:
    from anthropic._data import DEPRECATED_MODELS
except ImportError:  # the SDK keeps it for itself, and may keep it elsewhere one day
    DEPRECATED_MODELS = {}

ENDS: Mapping[str, str] = DEPRECATED_MODELS
"""The day of each model's end, in the vendor's words, by its id."""

# What Bedrock writes around an id, before and after: ``eu.anthropic.claude-opus-4-5-20251101-v1:0``.
_BEDROCK = re.compile(r"\A(?:[a-z]+\.)?anthropic\.|-v\d+(?::\d+)?\Z")


def retirement_date(model: str) -> str | None:
    """Return when a model ends; None where nothing is known of an end."""
    return ENDS.get(_BEDROCK.sub("", model))
