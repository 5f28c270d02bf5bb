"""A conversation about one question: what the participant has said, and where it stands.

::

    WAITING ──answer──► PROBED ──answer──► DRAFTED ──confirmed──► RECORDED
       │                  │                   │
       ├──all said───────────────────────────►┘  (no follow-up is needed)
       └──"I don't know yet", a sensei speaks, nothing to record──► LEFT
    DRAFTED, RECORDED ──its author withdraws it in public──► LEFT ──another answer──► DRAFTED
    DRAFTED, RECORDED ──its author withdraws it in private──► CLOSED
    any but RECORDED ──the answers were deleted, or the question was withdrawn──► CLOSED
    CLOSED ──another answer──► as from WAITING, but after a draft was withdrawn without a follow-up

Once its author has withdrawn something in private, only what they write later is heard.
Sensei follows up at most once. When the code changes, change this picture too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.articulation.slots import Slot, SlotQuote


class ConversationState(StrEnum):
    """Where a conversation stands.

    ``WAITING``: for the first answer, or until Sensei has heard it. ``PROBED``: Sensei has followed up.
    ``DRAFTED``: a decision waits for the participant's confirmation. ``RECORDED``: it is confirmed.
    ``LEFT``: the rest is the sensei's. ``CLOSED``: there is nothing to talk about, unless they answer again.
    """

    WAITING = "waiting"
    PROBED = "probed"
    DRAFTED = "drafted"
    RECORDED = "recorded"
    LEFT = "left"
    CLOSED = "closed"


class Stance(StrEnum):
    """What an answer does, as far as Sensei can tell.

    ``ARGUES``: it says something about the decision. ``DOES_NOT_KNOW`` and ``ASKS_SENSEI`` are good answers.
    ``HOLDS``: an earlier decision still holds (drift). ``UNSURE``: Sensei can't tell.
    """

    ARGUES = "argues"
    DOES_NOT_KNOW = "does_not_know"
    ASKS_SENSEI = "asks_sensei"
    HOLDS = "holds"
    UNSURE = "unsure"

    @property
    def expects_follow_up(self) -> bool:
        """Whether Sensei may follow up on such an answer."""
        return self in {Stance.ARGUES, Stance.UNSURE}


class TalkedWith(StrEnum):
    """With whom a participant talked about a question that was left: their sensei, or the sensei's deputy."""

    SENSEI = "sensei"
    DEPUTY = "deputy"


DISPUTE = "dispute:"
"""The prefix of a private message's reference if it gives the reason for a dispute, and isn't an answer."""


@dataclass(frozen=True, slots=True)
class SpokenMessage:
    """One of the participant's messages. ``id`` is ``thread:<comment>`` or ``chat:<number>``.

    The comment's number is negative if the comment is in the pull request's conversation and not on its diff.
    """

    id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation about one question.

    ``private``: it goes on in direct messages, and nothing of it may be posted elsewhere. ``turn`` counts
    what Sensei has said in it. ``probe`` is the follow-up as it was asked, about ``probe_slot``; ``refused``
    says why the guard refused the model's wording, if it did. ``quotes`` are the located words. ``decision``
    is the draft or record that came from it. Messages up to ``heard_at`` have been considered.
    ``talked_with`` is the person who said that the two talked about what was left to them, or None. Only what
    is ``LEFT`` has one, so that it waits for the sensei again if it is left to them again.
    ``taken_back_at`` is when the participant last withdrew in private what came of it. What they wrote until
    then stays stored, but isn't heard again.
    """

    id: int
    question: int
    private: bool
    state: ConversationState
    turn: int
    stance: Stance | None
    probe_slot: Slot | None
    probe: str
    refused: str
    quotes: tuple[SlotQuote, ...]
    decision: int | None
    heard_at: datetime | None
    created_at: datetime
    updated_at: datetime
    talked_with: TalkedWith | None = None
    taken_back_at: datetime | None = None

    def __post_init__(self) -> None:
        """Forget the talk of what isn't left to the sensei any more."""
        if self.state is not ConversationState.LEFT:
            object.__setattr__(self, "talked_with", None)

    @property
    def is_taken_back(self) -> bool:
        """Whether it is closed because its participant withdrew the draft or record that came of it."""
        return self.state is ConversationState.CLOSED and self.decision is not None

    @property
    def is_left_on_request(self) -> bool:
        """Whether it was left to the sensei because the participant asked for them."""
        return self.state is ConversationState.LEFT and self.stance is Stance.ASKS_SENSEI

    @property
    def is_talked_over(self) -> bool:
        """Whether it was left to the sensei, who has said that they've talked about it."""
        return self.state is ConversationState.LEFT and self.talked_with is not None

    @property
    def waits_for_sensei(self) -> bool:
        """Whether it was left to the sensei, who hasn't said that they've talked about it."""
        return self.state is ConversationState.LEFT and self.talked_with is None

    def leave_out_taken_back(self, messages: Iterable[SpokenMessage]) -> list[SpokenMessage]:
        """Return the messages that were written since the participant last withdrew what came of them."""
        since = self.taken_back_at
        return [message for message in messages if since is None or message.at > since]
