"""What a model is shown of a change: a data section within a budget, from which quotes lead back.

All of a data section was written by other people. It stands between ``<change id="NONCE">`` and
``</change id="NONCE">``, where NONCE begins the SHA-256 of what is between them: nothing in it can hold its
own hash, and the ``<`` of what looks like one of our tags is escaped (``display.TAGS``). The same input gives
the same bytes.
"""

from bot.domain.context.building import LEAST_BUDGET, Words, build
from bot.domain.context.changed import Readable
from bot.domain.context.display import Shown
from bot.domain.context.packs import ContextPack, Cut, Included, Manifest

__all__ = [
    "LEAST_BUDGET",
    "ContextPack",
    "Cut",
    "Included",
    "Manifest",
    "Readable",
    "Shown",
    "Words",
    "build",
]
