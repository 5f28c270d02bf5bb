"""Stored pairs and proposals."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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


ANSWER_TIME = timedelta(hours=24)
"""Working time that a sensei has to turn a pair down. No answer counts as yes."""
REMINDER_TIME = timedelta(hours=16)
"""Working time after which a sensei who has not answered is reminded."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A participant with a sensei, as proposed.

    ``reasons`` are those of ``fit``, as JSON. ``locked`` means that solving again must not change the pair.
    ``why`` is why it was vetoed, declined or ended, in that person's own words. ``answer_by`` is when the
    sensei's silence counts as consent. It is None before the approval, and for pairs that an earlier version
    approved.
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
    answer_by: datetime | None = None

    @property
    def deadline(self) -> datetime:
        """Until when the sensei of an approved pair can turn it down.

        Earlier versions gave a sensei 24 hours by the clock, and said so in their messages.
        """
        return self.answer_by or self.changed_at + ANSWER_TIME


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
