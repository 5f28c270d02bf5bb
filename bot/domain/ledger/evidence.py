"""The parts of a ledger: citations for and against checks, exemptions, and records of drift."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.review.report import Citation

Words = Annotated[str, Field(min_length=1)]


class CheckState(StrEnum):
    """The state of one check in a ledger."""

    MET = "met"
    PARTLY_MET = "partly met"
    CONTESTED = "contested"
    OPEN = "open"
    NOT_APPLICABLE = "not applicable"
    NOT_ASSESSED = "not assessed"


class Strict(BaseModel):
    """Part of a ledger: immutable, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Statement(Strict):
    """A quote from outside a change.

    ``reference`` is the id of the thread, the confirmed decision or the design document.
    """

    source: Literal["thread", "decision", "document"]
    reference: Words
    quote: Words


Cited = Annotated[Citation | Statement, Field(discriminator="source")]


class Entry(Strict):
    """One citation for or against one check.

    ``change`` names the change that it comes from (None: a reading of the default branch itself). An entry is
    live unless the change is ``pending``, a person has ``withdrawn`` it, or its text no longer ``stands``.
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
        """Whether the entry is live only while its text is at the head of the default branch."""
        return self.citation.source == "commit"

    @property
    def live(self) -> bool:
        """Whether the entry counts. A citation of removed text never counts; the check loses its support."""
        removed = isinstance(self.citation, Citation) and self.citation.side == "base"
        return self.stands and not (self.pending or self.withdrawn or removed)

    @property
    def evidence(self) -> tuple[str, ...]:
        """The cited text, independent of its place and its line breaks."""
        reference = self.citation.reference if isinstance(self.citation, Statement) else ""
        return (
            self.check,
            self.direction,
            self.citation.source,
            reference,
            without_white_space(self.citation.quote),
        )

    @property
    def key(self) -> tuple[Any, ...]:
        """The identity of an entry. If the same evidence is read again, only its lines are updated."""
        place = (self.citation.path, self.citation.side) if isinstance(self.citation, Citation) else ("", "")
        return *self.evidence, *place, self.partial, self.missing, self.reader, self.change or ""


class Exemption(Strict):
    """Why a check does not apply to this capstone. A model never decides this."""

    check: str
    by: Literal["rule", "sensei"]
    reason: Words


class Drift(Strict):
    """A check whose state got worse because support was lost. Sensei noticed at the commit ``at``."""

    check: str
    before: CheckState
    after: CheckState
    because: Literal["gone", "withdrawn"]
    at: str
    lost: Annotated[tuple[Cited, ...], Field(min_length=1)]


def without_white_space(text: str) -> str:
    """Return a text without its white space, so that moved or rewrapped code compares equal."""
    return "".join(text.split())
