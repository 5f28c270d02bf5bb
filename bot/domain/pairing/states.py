"""What may be done with a pair, by where it is: every act that finds another state changes nothing.

Two leads click at once, a click comes from an old message, a veto comes after the introduction: each finds
the pair in a state in which its act is not to be done, and is told so.
"""

from collections.abc import Mapping
from enum import StrEnum


class PairState(StrEnum):
    """Where a pair is.

    ``PROPOSED`` waits for a lead, ``APPROVED`` for the sensei. An ``ACTIVE`` one was introduced, or is being.
    ``DECLINED`` by a lead, ``VETOED`` by the sensei, ``REPLACED`` by a later proposal, ``ENDED`` once active.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    DECLINED = "declined"
    VETOED = "vetoed"
    REPLACED = "replaced"
    ENDED = "ended"


GOING_ON = (PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE)


class Act(StrEnum):
    """What somebody, or the clock (``SETTLE``), does with a pair.

    ``SWAP`` puts another pair in its place. ``CHANGE`` is a participant who asks for another sensei, ``PART``
    a side that has paused or left.
    """

    APPROVE = "approve"
    DECLINE = "decline"
    SWAP = "swap"
    LOCK = "lock"
    UNLOCK = "unlock"
    ACCEPT = "accept"
    VETO = "veto"
    SETTLE = "settle"
    END = "end"
    CHANGE = "change"
    PART = "part"


_P, _A = PairState.PROPOSED, PairState.APPROVED

FOLLOWS: Mapping[Act, Mapping[PairState, PairState]] = {
    Act.APPROVE: {_P: _A},
    Act.DECLINE: {_P: PairState.DECLINED, _A: PairState.DECLINED},
    Act.SWAP: {_P: PairState.REPLACED, _A: PairState.REPLACED},
    Act.LOCK: {_P: _P},
    Act.UNLOCK: {_P: _P},
    Act.ACCEPT: {_A: PairState.ACTIVE},
    Act.VETO: {_A: PairState.VETOED},
    Act.SETTLE: {_A: PairState.ACTIVE},
    Act.END: {PairState.ACTIVE: PairState.ENDED},
    Act.CHANGE: {PairState.ACTIVE: PairState.ENDED},
    Act.PART: {
        _P: PairState.REPLACED,
        _A: PairState.REPLACED,
        PairState.ACTIVE: PairState.ENDED,
    },
}
"""The state that follows, by act and by the state that is; where there is none the act is not done."""


def follows(act: Act, state: PairState) -> PairState | None:
    """Return the state that follows from an act; None where it is not to be done."""
    return FOLLOWS[act].get(state)


def possible(state: PairState) -> tuple[Act, ...]:
    """Return what may be done with a pair that is in a state."""
    return tuple(act for act, table in FOLLOWS.items() if state in table)
