"""Pairs and proposals as they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.pairing.states import PairState

OPERATOR = "operator"
"""The actor of what is done at the command line."""

CONFIDENTIAL = "never."
"""The prefix of audit actions that only their actor may know of. Such entries name nobody else."""
ENDINGS = frozenset({"pairing.end", "pairing.part", "pairing.change", "pairing.barred"})
"""The audit actions that end a pair. The other side must not learn which one it was: it would tell them who
asked for the end, or that somebody asked in confidence."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A participant with a sensei, as they were proposed. ``reasons`` are those of ``fit``, as JSON.

    ``locked``: solving again must keep the pair. ``why`` is why it was vetoed, declined or ended, in the
    words of the person who did it.
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
    """A participant without a sensei in a proposal. ``blame`` is as ``unassigned.encode_blame`` writes it."""

    participant: str
    blame: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. ``by`` is the lead's opaque id, or ``OPERATOR``, which also replaces an erased lead."""

    id: int
    cohort: int
    by: str
    at: datetime
    unassigned: tuple[UnassignedParticipant, ...]
