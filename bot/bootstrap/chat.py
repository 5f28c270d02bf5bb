"""The dojo's chat, put together: what its features bring."""

from bot.workflows import chatting
from bot.workflows.features import Feature, Features

# A new feature is a line here.
FEATURES: tuple[Feature, ...] = (chatting.FEATURE,)


def features() -> Features:
    """Return all that can be done in the chat."""
    return Features(FEATURES)
