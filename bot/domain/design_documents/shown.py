"""A design document as people see it, as plain values laid out later. No levels."""

from dataclasses import dataclass

from bot.domain.design_documents.records import DesignDocument, DocumentFinding


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check with what the document says about it. ``finding`` is None if it is silent."""

    criterion: str
    ask: str
    finding: DocumentFinding | None


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document with the checks that it was read against. ``address`` is its page at the host, or empty.

    ``participant`` is the name of who gave it, ``questions`` are those about it that its reader sees.
    ``has_sensei``: the participant has a sensei now.
    """

    document: DesignDocument
    participant: str
    capstone: str
    address: str
    checks: tuple[ShownCheck, ...] = ()
    questions: tuple[str, ...] = ()
    has_sensei: bool = True

    @property
    def found(self) -> tuple[ShownCheck, ...]:
        """Return the checks about which the document says something."""
        return tuple(shown for shown in self.checks if shown.finding is not None)

    @property
    def silent(self) -> tuple[ShownCheck, ...]:
        """Return the checks about which it is silent."""
        return tuple(shown for shown in self.checks if shown.finding is None)
