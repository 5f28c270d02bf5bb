"""What is followed of a capstone: its repository, its pull requests, their rounds and questions.

Plain values, as the store hands them out. Numbers are GitHub's own ids; names may change and are for show.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.review.report import Report


class PublishPolicy(StrEnum):
    """What is posted without a person: everything, everything but questions, nothing."""

    AUTOMATIC = "automatic"
    SENSEI_FIRST = "sensei_first"
    HELD = "held"


class Trigger(StrEnum):
    """Why a round began."""

    OPENED = "opened"
    PUSH = "push"
    ASKED = "asked"
    RETRY = "retry"


class RoundState(StrEnum):
    """Where a round is. Only the first two go on."""

    WAITING = "waiting"
    READING = "reading"
    PUBLISHED = "published"
    INCOMPLETE = "incomplete"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"
    FAILED = "failed"


class QuestionState(StrEnum):
    """Where a question is. ``PROPOSED`` waits for a sensei, ``KEPT`` to be posted.

    From ``ANSWERED`` on none is asked again. ``DISPUTED``: the participant holds it to be wrong, and a sensei
    has to rule.
    """

    PROPOSED = "proposed"
    KEPT = "kept"
    ASKED = "asked"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    DEFERRED = "deferred"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"


class Ruling(StrEnum):
    """What a sensei has ruled on a question that was disputed. There is one ruling on a question."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account at a code host; ``id`` is the host's number, ``login`` may change."""

    id: int
    login: str
    is_bot: bool = False


GHOST = Account(10137, "ghost")
"""Whom GitHub shows in place of every account that was deleted: https://github.com/ghost."""
ERASED = Account(0, "somebody who was erased")
"""Who stands for every person that Sensei was told to forget. The host gives nobody this number."""


@dataclass(frozen=True, slots=True)
class Capstone:
    """An enrolled repository. ``installation`` is None while the App is not installed on it.

    ``publish`` and ``held`` are in force: the cohort's, unless the capstone has its own. An ended one is no
    longer read.
    """

    id: int
    cohort: int
    repository: int
    owner: str
    name: str
    default_branch: str
    installation: int | None
    participant: Account
    sensei: Account | None
    publish: PublishPolicy
    held: bool
    ended: bool

    @property
    def speaks(self) -> bool:
        """Say whether anything is posted without a person."""
        return not (self.ended or self.held) and self.publish is not PublishPolicy.HELD

    @property
    def full_name(self) -> str:
        """Return ``owner/name`` as it was last heard of."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of a capstone as its last event told. ``summary`` is the review whose body is edited.

    ``updated_at`` is the host's time of what is known: older news changes nothing. A ``quiet`` one is read
    only when somebody asks; on a ``private`` one nothing is posted, whoever asks for its reading.
    """

    id: int
    capstone: int
    number: int
    state: str
    draft: bool
    author: Account
    head: str
    base_ref: str
    quiet: bool
    private: bool
    summary: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    """One reading of one head. ``id`` is also its workflow's: ``review:<repository>#<number>:<n>``.

    ``error`` says why it stopped or failed, ``ended_at`` when it came to an end of whatever kind.
    """

    id: str
    pull_request: int
    number: int
    trigger: Trigger
    head: str
    state: RoundState
    due_at: datetime
    superseded: bool
    review: int | None
    report: Report | None
    error: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """What is known of a comment in a question's thread: the host's time of its words, or that they are gone.

    One that was ``deleted`` is known without a word, so that late news does not bring it back.
    """

    at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question and what became of it.

    ``inline`` says whether its lines are part of the pull request's diff, so that a comment can stand there;
    ``comment`` is GitHub's id once one does. Where ``sensei_spoke`` the thread is people's: nothing is said
    there unasked.
    """

    id: int
    round: str
    check: str | None
    text: str
    fingerprint: str
    path: str
    side: str
    line_start: int
    line_end: int
    quote: str
    inline: bool
    state: QuestionState
    comment: int | None
    ruling: Ruling | None = None
    sensei_spoke: bool = False


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits for somebody. ``line`` is its first one; ``comment`` is None until it has one.

    ``at`` is when it was last asked, deferred or disputed. ``pull_request`` is the host's number.
    """

    id: int
    capstone: int
    pull_request: int
    text: str
    check: str | None
    path: str
    line: int
    comment: int | None
    state: QuestionState
    at: datetime


OPEN = (QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.DISPUTED)
