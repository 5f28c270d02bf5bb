"""What a model is shown of a change: a data section within a budget, from which quotes lead back.

All of a data section was written by other people. It stands between ``<change id="NONCE">`` and
``</change id="NONCE">``, where NONCE begins the SHA-256 of what is between them: nothing in it can hold its
own hash, and the ``<`` of what looks like one of our tags is escaped (``display.TAGS``). The same input gives
the same bytes.
"""

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.context.display import ShownLines
from bot.domain.review.context.pack_building import LEAST_BUDGET, ChangeText, build_packs
from bot.domain.review.context.packs import ContextPack, CutPart, IncludedPart, Manifest

__all__ = [
    "LEAST_BUDGET",
    "ChangeText",
    "ContextPack",
    "CutPart",
    "IncludedPart",
    "Manifest",
    "ReadableFile",
    "ShownLines",
    "build_packs",
]
