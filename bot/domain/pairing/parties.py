"""Which pairs a person sees as a lead, and which only as one of the two people in them.

A lead may also be a participant or a sensei. Of a pair that they are part of, they see what that participant
or sensei sees. Otherwise their second role would reveal what the other person said in confidence. An
``OPERATOR`` is part of no pair.
"""

from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState

_KNOWN_TO_PARTICIPANT = frozenset({PairState.ACTIVE, PairState.ENDED})
"""The states in which a participant knows of their pair. They are never told of a veto."""
_WITHDRAWN = frozenset({PairState.DECLINED, PairState.REPLACED})


def is_party(pair: Pair, person: str) -> bool:
    """Return whether a person is one of the two in a pair."""
    return person in {pair.participant, pair.sensei}


def may_see(pair: Pair, lead: str) -> bool:
    """Return whether a lead may know of a pair in its present state."""
    return pair.participant != lead or pair.state in _KNOWN_TO_PARTICIPANT


def is_listed(pair: Pair, lead: str) -> bool:
    """Return whether a proposal lists a pair for a lead.

    The sensei of a withdrawn pair still sees it, and always in the same words. If it disappeared only in some
    cases, that would reveal a confidential request.
    """
    return may_see(pair, lead) and (pair.state is not PairState.REPLACED or pair.sensei == lead)


def shown_state(pair: Pair, lead: str) -> PairState:
    """Return a pair's state as a lead sees it. The sensei isn't told why a pair is no longer proposed."""
    return PairState.REPLACED if pair.sensei == lead and pair.state in _WITHDRAWN else pair.state


def may_read_reason(pair: Pair, lead: str) -> bool:
    """Return whether a lead may read why a pair was turned down, declined or ended.

    The two people may not, except that a sensei may read their own reason for a veto.
    """
    return not is_party(pair, lead) or (pair.state is PairState.VETOED and pair.sensei == lead)


def may_swap(lead: str, pair: Pair, sensei: str, other: Pair | None = None) -> bool:
    """Return whether a lead may give a pair's participant another sensei: not if it concerns the lead.

    ``other`` is the pair that gets the present sensei in return. If leads could try to create a pair with
    themselves, a refusal would reveal a confidential request; if they could replace their own pair, the
    change in fit would reveal a one-sided wish.
    """
    return not (lead == sensei or is_party(pair, lead) or (other is not None and is_party(other, lead)))
