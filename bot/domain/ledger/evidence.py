"""What a ledger is made of: citations for and against checks, exemptions, notes of drift."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.review.report import Citation

Words = Annotated[str, Field(min_length=1)]


class CheckState(StrEnum):
    """What a ledger says of one check."""

    MET = "met"
    PARTLY_MET = "partly met"
    CONTESTED = "contested"
    OPEN = "open"
    NOT_APPLICABLE = "not applicable"
    NOT_ASSESSED = "not assessed"


class Strict(BaseModel):
    """A part of a ledger: frozen, and nothing in it that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Statement(Strict):
    """Somebody's words outside a change: ``reference`` is the thread's or the confirmed decision's own id."""

    source: Literal["thread", "decision"]
    reference: Words
    quote: Words


Cited = Annotated[Citation | Statement, Field(discriminator="source")]


class Entry(Strict):
    """One citation for or against one check.

    ``change`` names the change that brought it (None: a reading of the default branch itself). It is live
    unless the change is ``pending``, somebody has ``withdrawn`` it, or its text no longer ``stands``.
    """

    check: str
    direction: Literal["supports", "weakens"]
    partial: bool
    missing: str
    reader: Literal["signal", "model", "sensei"]
    citation: Cited
    change: Words | None = None
    pending: bool = False
    withdrawn: bool = False
    stands: bool = True

    @property
    def in_tree(self) -> bool:
        """Whether it is live only while its text stands at the head of the default branch."""
        return self.citation.source == "commit"

    @property
    def live(self) -> bool:
        """Whether it counts. What a change removed never does: the support it took away is gone instead."""
        removed = isinstance(self.citation, Citation) and self.citation.side == "base"
        return self.stands and not (self.pending or self.withdrawn or removed)

    @property
    def evidence(self) -> tuple[str, ...]:
        """What is cited, wherever it stands and however it is wrapped."""
        reference = self.citation.reference if isinstance(self.citation, Statement) else ""
        return self.check, self.direction, self.citation.source, reference, squeezed(self.citation.quote)

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two entries one. A later reading of the same evidence only knows its lines better."""
        place = (self.citation.path, self.citation.side) if isinstance(self.citation, Citation) else ("", "")
        return *self.evidence, *place, self.partial, self.missing, self.reader, self.change or ""


class Exemption(Strict):
    """Why a check does not apply to this capstone; never a model's word."""

    check: str
    by: Literal["rule", "sensei"]
    reason: Words


class Drift(Strict):
    """A check that fell back because support went away; ``at`` is the commit at which it was noticed."""

    check: str
    before: CheckState
    after: CheckState
    because: Literal["gone", "withdrawn"]
    at: str
    lost: Annotated[tuple[Cited, ...], Field(min_length=1)]


def squeezed(text: str) -> str:
    """Return a text without its white space: what stays the same when code is moved or wrapped anew."""
    return "".join(text.split())
