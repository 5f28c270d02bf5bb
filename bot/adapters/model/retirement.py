"""Which models their provider ends, and when: as the vendor's SDK knows it, which is brought up to date."""

import re

try:
    from anthropic._data import DEPRECATED_MODELS as _ENDS
except ImportError:  # the SDK keeps it for itself, and may keep it elsewhere one day
    _ENDS = {}

# What Bedrock writes around an id, before and after: ``eu.anthropic.claude-opus-4-5-20251101-v1:0``.
_BEDROCK = re.compile(r"\A(?:[a-z]+\.)?anthropic\.|-v\d+(?::\d+)?\Z")


def ends(model: str) -> str | None:
    """Return when a model ends, in the vendor's words; None where nothing is known of an end."""
    when: str | None = _ENDS.get(_BEDROCK.sub("", model))
    return when
