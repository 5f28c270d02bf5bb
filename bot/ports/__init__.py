"""What the workflows need of the world, as Protocols. Adapters implement them; fakes implement them once.

``reading``: a checkout, a model, a clock. ``host``: GitHub. ``store``: what is kept. ``people``: whose it is.
``engine``: what goes on after a crash.
"""

from bot.ports.reading import (
    Answer,
    Change,
    Checkout,
    Checkouts,
    Clock,
    Limits,
    Messages,
    Model,
    ModelRequest,
    Outcome,
    Progress,
    Request,
    Rules,
    TreeEntry,
    Uncommitted,
    Usage,
    Wanted,
)

__all__ = [
    "Answer",
    "Change",
    "Checkout",
    "Checkouts",
    "Clock",
    "Limits",
    "Messages",
    "Model",
    "ModelRequest",
    "Outcome",
    "Progress",
    "Request",
    "Rules",
    "TreeEntry",
    "Uncommitted",
    "Usage",
    "Wanted",
]
