"""Stored pairs and proposals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.pairing.states import PairState

OPERATOR = "operator"
"""The actor for actions at the command line."""

CONFIDENTIAL = "never."
"""The prefix of audit actions that only their actor may see. Such entries name no one else."""
ENDINGS = frozenset({"pairing.end", "pairing.part", "pairing.change", "pairing.barred"})
"""The audit actions that end a pair.

The other person must not learn which one it was. It would reveal who ended the pair, or that there was a
confidential request.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """A participant with a sensei, as proposed.

    ``reasons`` are those of ``fit``, as JSON. ``locked`` means that solving again must not change the pair.
    ``why`` is why it was vetoed, declined or ended, in that person's own words.
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
    """A participant without a sensei in a proposal. ``blame`` is written by ``unassigned.encode_blame``."""

    participant: str
    blame: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. ``by`` is the lead's opaque id, or ``OPERATOR``, which also replaces erased leads."""

    id: int
    cohort: int
    by: str
    at: datetime
    unassigned: tuple[UnassignedParticipant, ...]
