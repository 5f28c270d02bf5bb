"""Pairs and proposals as people see them, with names instead of ids and sentences instead of codes."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.pairing.states import PairState


@dataclass(frozen=True, slots=True)
class PreviousPair:
    """How a participant's last pair ended (vetoed or ended). ``why`` is in the person's own words."""

    sensei: str
    state: PairState
    why: str


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair as a lead sees it. All texts are as people wrote them.

    ``fit`` is a percentage of the maximum. ``until`` is the sensei's deadline to object. ``before`` is how
    the participant's last pair ended. ``is_own`` means that the lead is one of the two.
    """

    id: int
    participant: str
    sensei: str
    state: PairState
    fit: int
    reasons: tuple[str, ...] = ()
    locked: bool = False
    why: str = ""
    until: datetime | None = None
    before: PreviousPair | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ShownUnassigned:
    """A participant without a sensei. ``blame`` is a sentence that says why."""

    participant: str
    blame: str
    before: PreviousPair | None = None


@dataclass(frozen=True, slots=True)
class ProposalBoard:
    """A proposal, as shown to a lead for a decision.

    ``is_partial`` means that the lead is also a participant, so what is proposed for them is left out.
    ``hides_blame`` means that they are also a sensei, so no reason is given why a participant has no sensei.
    """

    id: int
    cohort: str
    at: datetime
    pairs: tuple[ShownPair, ...]
    unassigned: tuple[ShownUnassigned, ...]
    is_partial: bool = False
    hides_blame: bool = False

    @property
    def waiting(self) -> int:
        """The number of pairs waiting for a lead."""
        return sum(pair.state is PairState.PROPOSED for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class SwapChoice:
    """A choice in a swap, and how it would change the fit, in percentage points.

    ``value`` is ``s`` and a sensei's id, or ``p`` and a pair's.
    """

    value: str
    name: str
    change: int


@dataclass(frozen=True, slots=True)
class IntroducedPerson:
    """One of two people being introduced. ``chat`` is the account to mention."""

    name: str
    chat: str | None = None
    goals: str = ""
    brief: str = ""
