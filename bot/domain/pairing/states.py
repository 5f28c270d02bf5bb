"""The states of a pair, and the actions that each state allows.

An action that the state does not allow changes nothing: when two leads click at once, when a click comes from
an old message, when a veto comes after the introduction.
"""

from collections.abc import Mapping
from enum import StrEnum


class PairState(StrEnum):
    """The state of a pair.

    ``PROPOSED`` waits for a lead, ``APPROVED`` for the sensei. An ``ACTIVE`` pair was introduced, or is being
    introduced. ``DECLINED`` by a lead, ``VETOED`` by the sensei, ``REPLACED`` by another pair or because it
    must not be any more, ``ENDED`` after it was active.
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
    """What a person does with a pair, or the passing of time (``SETTLE``).

    ``SWAP`` puts another pair in its place. ``CHANGE``: the participant asks for another sensei. ``PART``:
    one side has paused or left.
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
"""The next state, by action and current state; an action without one is not allowed."""


def next_state(action: PairAction, state: PairState) -> PairState | None:
    """Return the state that follows an action; None if the current state does not allow it."""
    return FOLLOWS[action].get(state)
