"""The states of a pair, and the actions that each state allows.

An action that the state does not allow changes nothing. It may come from two leads clicking at once, from a
click in an old message, or from a veto after the introduction.
"""

from collections.abc import Mapping
from enum import StrEnum


class PairState(StrEnum):
    """The state of a pair.

    ``PROPOSED`` waits for a lead, ``APPROVED`` for the sensei. An ``ACTIVE`` pair was introduced, or is being
    introduced. A lead turned down a ``DECLINED`` pair, and the sensei a ``VETOED`` one. A ``REPLACED`` pair
    gave way to another one or has become forbidden. An ``ENDED`` pair was active before.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    ACTIVE = "active"
    DECLINED = "declined"
    VETOED = "vetoed"
    REPLACED = "replaced"
    ENDED = "ended"


TAKES_A_PLACE = (PairState.APPROVED, PairState.ACTIVE)
"""A pair in one of these states takes one of its sensei's places, and its participant needs no other."""
GOING_ON = (PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE)


class PairAction(StrEnum):
    """An action of a person on a pair, or the end of the waiting time (``SETTLE``).

    ``SWAP`` replaces it with another pair. ``CHANGE`` means that the participant asks for another sensei,
    ``PART`` that one of the two has paused or left.
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
"""The next state, by action and current state. Missing combinations are not allowed."""


def next_state(action: PairAction, state: PairState) -> PairState | None:
    """Return the state after an action, or None if the current state does not allow it."""
    return FOLLOWS[action].get(state)
