"""Look up when a provider retires a model, in the list that the vendor's SDK maintains."""

import re
from collections.abc import Mapping

try:
    from anthropic._data import DEPRECATED_MODELS
except ImportError:  # the list is private to the SDK, and may be moved
    DEPRECATED_MODELS = {}

RETIREMENT_DATES: Mapping[str, str] = DEPRECATED_MODELS
"""Maps each model's id to the day on which it is retired, as the vendor writes it."""

# The prefix and suffix that Bedrock adds to a model's id: ``eu.anthropic.claude-opus-4-5-20251101-v1:0``.
_BEDROCK = re.compile(r"\A(?:[a-z]+\.)?anthropic\.|-v\d+(?::\d+)?\Z")


def retirement_date(model: str) -> str | None:
    """Return when a model is retired, or None if no date is known."""
    return RETIREMENT_DATES.get(_BEDROCK.sub("", model))
