"""A ruling that waits for a sensei, as lists show it."""

from dataclasses import dataclass

from bot.domain.triage.due_rulings import DueRuling
from bot.domain.triage.records import Milestone


@dataclass(frozen=True, slots=True)
class RulingTask:
    """A ruling that waits for a sensei. ``repository`` is the capstone's name, such as ``ada/desk``.

    ``due`` says why it is due; for an ``appeal``, it is None. It has no level: anyone may list tasks.
    """

    capstone: int
    repository: str
    participant: str
    criterion: str
    title: str
    gate: bool
    due: DueRuling | None
    milestone: Milestone | None = None
    appeal: int | None = None
