"""Requests that wait for a person's answer, as the App Home and ``/dojo status`` show them.

A participant learns that a sensei was asked, but not which one: if that sensei said no, the name would tell
the participant who turned them down.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class SenseiSearch:
    """How far the search for a participant's sensei is.

    ``another`` means that they asked for another sensei, ``proposed`` that a lead is deciding on a pair.
    ``answer_on`` is the day, in the participant's time zone, by which an asked sensei has answered. It has no
    time, from which the participant could work out where the sensei is.
    """

    another: bool = False
    proposed: bool = False
    answer_on: date | None = None


@dataclass(frozen=True, slots=True)
class AskedPair:
    """A pair that waits for the sensei who is looking. At ``until``, silence counts as consent."""

    id: int
    participant: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal with pairs that wait for a lead. ``participants`` are the names in these pairs."""

    id: int
    day: date
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitedAnswer:
    """An approved pair, as leads see it: its people's names, and until when the sensei can say no.

    ``reachable`` is false for a sensei without a Slack account, who gets no message.
    """

    participant: str
    sensei: str
    until: datetime
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class SenseiRequest:
    """A person who would like to be a sensei, and the id of their chat account.

    ``enrolment`` is theirs as a sensei; ``value`` is the value of the buttons that answer.
    """

    name: str
    chat: str | None
    enrolment: int
    value: str
    day: date


@dataclass(frozen=True, slots=True)
class PendingRequests:
    """All requests that concern one person, by the role in which they see them.

    ``search`` is for a participant without a sensei, ``asked`` for a sensei, and the others are for a lead.
    Proposals are newest first, the rest by time.
    """

    search: SenseiSearch | None = None
    asked: tuple[AskedPair, ...] = ()
    proposals: tuple[WaitingProposal, ...] = ()
    answers: tuple[AwaitedAnswer, ...] = ()
    senseis: tuple[SenseiRequest, ...] = ()


NO_REQUESTS = PendingRequests()
