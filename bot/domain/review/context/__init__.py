"""Build the data sections that show a change to a model, within a budget of tokens.

Every quote from a data section can be traced back to the original text. Other people wrote all of its
content, so it is enclosed in ``<change id="NONCE">`` and ``</change id="NONCE">``. The nonce is the start of
the content's SHA-256, and no content can contain its own hash. A ``<`` in the content that looks like the
start of one of Sensei's tags (``display.TAGS``) is escaped. The same input gives the same bytes.
"""

from bot.domain.review.context.changed_files import ReadableFile
from bot.domain.review.context.display import ShownLines
from bot.domain.review.context.nearby import NearbyKind, NearbyText
from bot.domain.review.context.pack_building import LEAST_BUDGET, ChangeText, build_packs
from bot.domain.review.context.packs import ContextPack, CutPart, IncludedPart, Manifest

__all__ = [
    "LEAST_BUDGET",
    "ChangeText",
    "ContextPack",
    "CutPart",
    "IncludedPart",
    "Manifest",
    "NearbyKind",
    "NearbyText",
    "ReadableFile",
    "ShownLines",
    "build_packs",
]
