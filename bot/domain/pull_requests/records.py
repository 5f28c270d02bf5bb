"""Records of a capstone: its repository, its pull requests, and their rounds and questions.

These are plain values, as the store returns them. Ids are GitHub's. Names may change, and serve only for
display.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.review.report import Report


class PublishPolicy(StrEnum):
    """What Sensei posts without a person's approval: everything, everything but questions, or nothing."""

    AUTOMATIC = "automatic"
    SENSEI_FIRST = "sensei_first"
    HELD = "held"


class Trigger(StrEnum):
    """The reason for a round."""

    OPENED = "opened"
    PUSH = "push"
    ASKED = "asked"
    RETRY = "retry"


class RoundState(StrEnum):
    """The state of a round. Only the first two are not final."""

    WAITING = "waiting"
    READING = "reading"
    PUBLISHED = "published"
    INCOMPLETE = "incomplete"
    SUPERSEDED = "superseded"
    STOPPED = "stopped"
    FAILED = "failed"


class QuestionState(StrEnum):
    """The state of a question.

    ``PROPOSED`` waits for a sensei, ``KEPT`` to be posted. In ``ANSWERED`` and all states below it, the
    question is not asked again. ``DISPUTED``: the participant says that it is wrong, and a sensei must rule.
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
    """A sensei's ruling on a disputed question. A question gets at most one ruling."""

    STANDS = "stands"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a code host; ``id`` is the host's id, ``login`` may change."""

    id: int
    login: str
    is_bot: bool = False


GHOST = Account(10137, "ghost")
"""GitHub's placeholder for every deleted account: https://github.com/ghost."""
ERASED = Account(0, "somebody who was erased")
"""The placeholder for everyone erased from Sensei's records. No real account at the host has this id."""


@dataclass(frozen=True, slots=True)
class Capstone:
    """An enrolled repository. ``installation`` is None while the App is not installed on it.

    ``publish`` and ``held`` are the effective values: the capstone's own, or else the cohort's. Sensei no
    longer reads an ended capstone.
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
        """Return whether Sensei may post here without a person's approval."""
        return not (self.ended or self.held) and self.publish is not PublishPolicy.HELD

    @property
    def full_name(self) -> str:
        """Return the last known ``owner/name``."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request of a capstone, as of its last event.

    ``summary`` is the review that contains the summary. ``updated_at`` is the host's time of this state;
    older events change nothing. If it is ``quiet``, Sensei reads it only on request. If it is ``private``,
    Sensei posts nothing there, whoever requests a reading.
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
    """One reading of one head. ``id`` is also the id of its workflow: ``review:<repository>#<number>:<n>``.

    ``error`` says why it stopped or failed; ``ended_at`` is when it ended, in any state.
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
    """A comment in a question's thread: the host's time of its text, and whether it was deleted.

    A ``deleted`` comment stays stored without its text, so that a late delivery does not restore it.
    """

    at: datetime
    deleted: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question and its state.

    ``inline`` says whether its lines are part of the pull request's diff, so that a comment can be placed
    there; ``comment`` is that comment's id, once there is one. Once a sensei has written in its thread
    (``sensei_spoke``), Sensei posts there only on request. ``original_text`` is what Sensei wrote, if a
    sensei has reworded the question.

    A question of a check-in or of a defence belongs to no ``round`` and no ``pull_request``. ``capstone`` and
    ``head``, the commit that its lines are in, are known once the question is stored.
    """

    id: int
    round: str | None
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
    original_text: str | None = None
    capstone: int = 0
    pull_request: int | None = None
    head: str = ""

    def require_round(self) -> str:
        """Return the round in which the question was raised.

        Raises:
            ValueError: it belongs to no pull request.
        """
        if self.round is None:
            raise ValueError(f"question {self.id} belongs to no pull request")
        return self.round


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that is waiting for a person.

    ``line`` is its first line; ``comment`` is None until it has one.

    ``at`` is when it was last proposed, asked, deferred or disputed. ``pull_request`` is the host's number;
    it is None for a question of a check-in.
    """

    id: int
    capstone: int
    pull_request: int | None
    text: str
    check: str | None
    path: str
    line: int
    comment: int | None
    state: QuestionState
    at: datetime


OPEN = (QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.DISPUTED)
