"""NEW."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.pairing.states import PairState

OPERATOR = "operator"
"""Who did something at the command line."""


CONFIDENTIAL = "never."
"""How the actions in the audit trail begin that its actor alone may know of, and that name nobody else."""


ENDINGS = frozenset({"pairing.end", "pairing.part", "pairing.change", "pairing.barred"})
"""The actions in the audit trail that end a pair. Which it was tells the other side what it is not to hear:
who asked for it, or that it was asked in confidence."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A participant with a sensei, as it was proposed. ``reasons`` are the domain's, as JSON.

    ``locked``: a solve must keep it. ``why`` is why it was vetoed, declined or ended, in somebody's words.
    """

    id: int
    cohort: int
    proposal: int
    participant: str
    sensei: str
    state: PairState
    fit: int
    reasons: tuple[dict[str, Any], ...]
    locked: bool
    why: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class UnassignedParticipant:
    """A participant for whom a proposal has nobody. ``blame`` is the domain's word for the constraint."""

    participant: str
    blame: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One solve. ``by`` is the lead's opaque id, or ``OPERATOR``, also where the lead was erased since."""

    id: int
    cohort: int
    by: str
    at: datetime
    unassigned: tuple[UnassignedParticipant, ...]
