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


class PairAction(StrEnum):
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

FOLLOWS: Mapping[PairAction, Mapping[PairState, PairState]] = {
    PairAction.APPROVE: {_P: _A},
    PairAction.DECLINE: {_P: PairState.DECLINED, _A: PairState.DECLINED},
    PairAction.SWAP: {_P: PairState.REPLACED, _A: PairState.REPLACED},
    PairAction.LOCK: {_P: _P},
    PairAction.UNLOCK: {_P: _P},
    PairAction.ACCEPT: {_A: PairState.ACTIVE},
    PairAction.VETO: {_A: PairState.VETOED},
    PairAction.SETTLE: {_A: PairState.ACTIVE},
    PairAction.END: {PairState.ACTIVE: PairState.ENDED},
    PairAction.CHANGE: {PairState.ACTIVE: PairState.ENDED},
    PairAction.PART: {
        _P: PairState.REPLACED,
        _A: PairState.REPLACED,
        PairState.ACTIVE: PairState.ENDED,
    },
}
"""The state that follows, by act and by the state that is; where there is none the act is not done."""


def next_state(act: PairAction, state: PairState) -> PairState | None:
    """Return the state that follows from an act; None where it is not to be done."""
    return FOLLOWS[act].get(state)


def possible_actions(state: PairState) -> tuple[PairAction, ...]:
    """Return what may be done with a pair that is in a state."""
    return tuple(act for act, table in FOLLOWS.items() if state in table)
