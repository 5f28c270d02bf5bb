"""What is kept. One ``Tx`` is one transaction; nothing of it is visible until it ends."""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.pull_requests.comment_commands import CommandOutcome, CommentCommand, ParsedCommand, Verb
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
    Ruling,
    ThreadMessage,
    Trigger,
)
from bot.domain.review.report import Movement, Report
from bot.ports.dojo import Cohorts, Members, Pairings, Standings
from bot.ports.personal_data import Erasures, People


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook delivery as it was received; its payload is parsed only after its signature was verified."""

    guid: str
    event: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """Something due: ``kind`` is its workflow's name, ``id`` that workflow's id, ``argument`` its input."""

    id: str
    kind: str
    argument: dict[str, Any]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LedgerMovement:
    """A movement in a capstone's ledger. ``pending``: its pull request is open, so it does not count yet.

    ``source`` is the reading that found it.
    """

    source: str
    movement: Movement
    pending: bool


class Deliveries(Protocol):
    """The inbox."""

    def receive(self, delivery: Delivery, at: datetime) -> bool:
        """Keep a delivery; False if its id was received before."""

    def waiting(self, most: int) -> Sequence[str]:
        """List the ids that nobody has handled and that wait for nothing, oldest first."""

    def defer(self, guid: str, pull_request: int) -> None:
        """Let a delivery wait until ``wake`` is called for a pull request."""

    def deferred(self) -> set[int]:
        """Return the pull requests for which deliveries wait."""

    def wake(self, pull_request: int) -> None:
        """Let the deliveries that wait for a pull request be handled, in the order in which they came."""

    def get(self, guid: str) -> Delivery | None:
        """Return a delivery that waits."""

    def known(self, guids: Sequence[str]) -> set[str]:
        """Return which of some ids were ever received."""

    def close(self, guid: str, state: str, error: str = "") -> None:
        """Say how a delivery ended: ``handled``, ``ignored`` or ``failed``, which alone keeps its payload."""

    def error(self, guid: str) -> str:
        """Return why a delivery came to nothing, as it was closed with; nothing where it did not."""

    def failed(self) -> Sequence[tuple[str, str]]:
        """List the deliveries that could not be handled, oldest first: each one's id and why."""

    def again(self, guid: str) -> bool:
        """Let a delivery that failed wait once more; False if there is none of this id."""

    def refused(self, reason: str, count: int, at: datetime) -> None:
        """Count requests that were no deliveries; nothing else of them is kept."""

    def forget(self, before: datetime) -> int:
        """Forget what was received before a moment and handled or ignored; return how much."""

    def uncount(self, before: datetime) -> None:
        """Forget the counts of days before a moment."""


class Capstones(Protocol):
    """Enrolled repositories and their people."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        *,
        cohort: str,
        repository: int,
        owner: str,
        name: str,
        default_branch: str,
        installation: int | None,
        participant: Account,
        sensei: Account | None,
        publish: PublishPolicy | None,
        at: datetime,
    ) -> Capstone:
        """Enrol a repository, or change who answers for one that is enrolled; what is not named stays.

        A repository that had this name before, and was deleted, is no longer followed.
        """

    def get(self, capstone: int) -> Capstone:
        """Return one."""

    def of(self, repository: int) -> Capstone | None:
        """Return the active capstone of a repository, by the host's number."""

    def named(self, full_name: str) -> Capstone | None:
        """Return the active capstone of that name, as it was last heard of; case does not matter."""

    def all(self) -> Sequence[Capstone]:
        """List the active ones, by name."""

    def of_person(self, person: str) -> Sequence[Capstone]:
        """List the active ones of a participant, by their opaque id."""

    def taught_by(self, sensei: str) -> Sequence[Capstone]:
        """List the active ones that somebody is the sensei of, by their opaque id."""

    def taught(self, cohort: int, participant: str, sensei: str | None) -> None:
        """Say who is the sensei of a participant's active capstones in a cohort; None: nobody.

        A sensei without an account at the code host is one all the same: they are not known there yet.
        """

    def renamed(self, repository: int, owner: str, name: str) -> None:
        """Note a repository's new name."""

    def branch(self, repository: int, default_branch: str) -> None:
        """Note a repository's default branch."""

    def installed(self, repository: int, installation: int | None) -> None:
        """Note by which installation a repository is reached; None: by none."""

    def uninstalled(self, installation: int) -> None:
        """Note that an installation has gone, with every repository it reached."""

    def publishes(
        self, capstone: int, publish: PublishPolicy | None = None, held: bool | None = None
    ) -> None:
        """Change what is posted without a person."""

    def end(self, capstone: int) -> None:
        """End an enrolment: silence from now on. What was recorded is kept for a while."""


class PullRequests(Protocol):
    """Pull requests of capstones."""

    def get(self, pull_request: int) -> PullRequest:
        """Return one."""

    def find(self, capstone: int, number: int) -> PullRequest | None:
        """Return one by its number."""

    def save(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        number: int,
        *,
        state: str,
        draft: bool,
        author: Account,
        head: str,
        base_ref: str,
        at: datetime,
    ) -> PullRequest:
        """Note what the host said of a pull request at ``at``, its time; what is known may be newer."""

    def open(self, capstone: int) -> Sequence[PullRequest]:
        """List the open ones."""

    def summarised(self, pull_request: int, review: int) -> None:
        """Note which review's body is the summary."""

    def quieten(self, pull_request: int, quiet: bool) -> None:
        """Read it only when somebody asks, or by itself again."""

    def keep_private(self, pull_request: int, private: bool) -> None:
        """Post nothing there, or speak again."""


class Rounds(Protocol):
    """Readings of pull requests."""

    def get(self, round_: str) -> Round:
        """Return one."""

    def of(self, pull_request: int) -> Sequence[Round]:
        """List a pull request's rounds, the first one first, without their reports."""

    def newest_report(self, pull_request: int) -> Report | None:
        """Return what the last round that could read anything has found."""

    def begin(self, pull_request: int, trigger: Trigger, head: str, due_at: datetime) -> Round:
        """Create the next round, and the job that starts it."""

    def move(self, round_: str, head: str, due_at: datetime, trigger: Trigger) -> None:
        """Let a waiting round read another head at another time; one that was asked for stays so."""

    def asked_for(self, round_: str) -> bool:
        """Say whether somebody asked for a round, or for the one that it tries again."""

    def busy(self, round_: str) -> bool:
        """Say whether another round of the same pull request is being read or published."""

    def supersede(self, round_: str, at: datetime) -> None:
        """Say that a newer head makes a round useless."""

    def state(self, round_: str, state: RoundState, at: datetime, error: str = "") -> None:
        """Note where a round is."""

    def report(self, round_: str, report: Report) -> None:
        """Keep what a round found; the same again changes nothing."""

    def reviewed(self, round_: str, review: int) -> None:
        """Note which review a round has published."""


class Questions(Protocol):
    """Questions of pull requests."""

    def of(self, pull_request: int) -> Sequence[AskedQuestion]:
        """List a pull request's questions, the first one first."""

    def get(self, question: int) -> AskedQuestion | None:
        """Return one."""

    def proposed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion]]:
        """List what waits for a sensei, oldest first."""

    def disputed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion, str]]:
        """List what a sensei has to rule on, oldest first, each with the participant's reason.

        The reason is empty where its author has deleted it.
        """

    def open_of(self, participant: int, author: int) -> int:
        """Count what is or will be asked on the pull requests that one account has opened.

        Over all capstones of a participant, both by the host's number. What is asked on others' pull requests
        leaves the participant's own count as it is.
        """

    def add(self, round_: str, questions: Sequence[AskedQuestion], at: datetime) -> None:
        """Keep a round's questions; their ids are given here. One that has its fingerprint is left alone."""

    def set(self, question: int, state: QuestionState, at: datetime, comment: int | None = None) -> None:
        """Note what became of a question."""

    def ruled(self, question: int, ruling: Ruling, at: datetime) -> None:
        """Note what a sensei has ruled: one that stands is asked as before, the other is withdrawn."""

    def sensei_spoke(self, question: int, at: datetime) -> None:
        """Note that a sensei has written in a question's thread."""

    def asked(self, question: int, at: datetime, *, inline: bool) -> None:
        """Note that everybody sees a question: on its lines, or in a review's body.

        Whatever became of it since is left as it is.
        """

    def placed(self, question: int, comment: int) -> None:
        """Note which comment a question is."""

    def forget(self, round_: str) -> None:
        """Forget what a round chose and nobody was asked, so that the next round may ask it."""

    def placing(self, pull_request: int, since: datetime) -> bool:
        """Say whether questions are being posted whose comments nobody knows yet, begun after a moment."""

    def by_comment(self, comment: int) -> AskedQuestion | None:
        """Return the question that a comment is."""

    def message(self, comment: int) -> ThreadMessage | None:
        """Return what is known of a comment in a question's thread."""

    def said(self, question: int, comment: int, author: int, body: str, at: datetime) -> None:
        """Keep a message of a question's thread as of the host's time; an edited one replaces itself."""

    def unsaid(self, question: int, comment: int, author: int, at: datetime) -> None:
        """Forget the words of a message that was deleted, and know from now on that it was."""


class Commands(Protocol):
    """Commands that people gave in comments."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        said: ParsedCommand,
        answer: CommandOutcome,
        *,
        pull_request: int,
        comment: int,
        inline: bool,
        thread: int | None,
        author: int,
        about: str,
        question: int | None,
        at: datetime,
    ) -> int:
        """Keep a command that was written at ``at``, the host's time; return its id.

        Its comment must not have given one before.
        """

    def get(self, command: int) -> CommentCommand:
        """Return one."""

    def of(self, comment: int, *, inline: bool) -> CommentCommand | None:
        """Return the command that a comment gave."""

    def told(self, pull_request: int, author: int) -> bool:
        """Say whether somebody was told on a pull request that commands are not theirs."""

    def pointed_out(self, pull_request: int, author: int) -> bool:
        """Say whether somebody was told on a pull request that a command has to be a comment's first line."""

    def given(self, pull_request: int, author: int, since: datetime, until: datetime) -> int:
        """Count what somebody has given on a pull request after a moment and until another, done or not."""

    def tried(self, author: int, verb: Verb, since: datetime, until: datetime) -> int:
        """Count how often somebody has given one command, anywhere, after a moment and until another."""

    def done_after(
        self, pull_request: int, verbs: Collection[Verb], at: datetime, comment: int, *, inline: bool
    ) -> bool:
        """Say whether one of some commands was done that was written later than a comment at a moment.

        In one second the later one is the one with the higher number, where both number alike (``inline``).
        """

    def deleted(self, command: int, at: datetime) -> None:
        """Note that its author took it back."""


class Ledgers(Protocol):
    """What capstones' checks rest on."""

    def record(self, capstone: int, source: str, movements: Sequence[Movement], pending: bool) -> None:
        """Keep a reading's movements; ``source`` names it, and the same source again replaces itself."""

    def settle(self, capstone: int, prefix: str, merged: bool) -> None:
        """Let what a pull request moved count, or forget it: all sources that begin with ``prefix``."""

    def of(self, capstone: int) -> Sequence[LedgerMovement]:
        """List what is kept of a capstone, the oldest first."""


class Effects(Protocol):
    """Things done outside, so that none is done twice."""

    def begin(self, key: str, at: datetime) -> None:
        """Note that something is about to be done, whether or not somebody began before."""

    def done(self, key: str, external_id: str, at: datetime) -> None:
        """Note the id of what was done."""

    def of(self, key: str) -> tuple[bool, str | None]:
        """Say whether something was begun, and return the id of what was done, if it is known."""


class Jobs(Protocol):
    """What is due."""

    def add(self, job: Job) -> None:
        """Add a job; one of the same id that has not begun is moved to the new time."""

    def replace(self, prefix: str, job: Job) -> None:
        """Add a job in the place of all that have not begun and whose ids begin with ``prefix``."""

    def due(self, at: datetime, most: int) -> Sequence[Job]:
        """List what is due and has not begun, the longest due first."""

    def began(self, job: str, at: datetime) -> None:
        """Note that the engine has a job, unless another one has taken its place meanwhile."""

    def begun_since(self, prefix: str, moment: datetime) -> Sequence[datetime]:
        """List when jobs whose ids begin with ``prefix`` began, the first one first."""

    def forget(self, kinds: Sequence[str], before: datetime) -> int:
        """Forget the jobs of some kinds that began before a moment; return how many."""


class Tx(Protocol):
    """One transaction's view of everything."""

    @property
    def deliveries(self) -> Deliveries: ...  # noqa: D102 - the class says it
    @property
    def capstones(self) -> Capstones: ...  # noqa: D102
    @property
    def pull_requests(self) -> PullRequests: ...  # noqa: D102
    @property
    def rounds(self) -> Rounds: ...  # noqa: D102
    @property
    def questions(self) -> Questions: ...  # noqa: D102
    @property
    def commands(self) -> Commands: ...  # noqa: D102
    @property
    def ledgers(self) -> Ledgers: ...  # noqa: D102
    @property
    def effects(self) -> Effects: ...  # noqa: D102
    @property
    def jobs(self) -> Jobs: ...  # noqa: D102
    @property
    def cohorts(self) -> Cohorts: ...  # noqa: D102
    @property
    def members(self) -> Members: ...  # noqa: D102
    @property
    def pairings(self) -> Pairings: ...  # noqa: D102
    @property
    def standings(self) -> Standings: ...  # noqa: D102
    @property
    def people(self) -> People: ...  # noqa: D102
    @property
    def erasures(self) -> Erasures: ...  # noqa: D102

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Note who did what to what, for good. ``actor`` is a person's opaque id, or ``operator``."""


class Store(Protocol):
    """Opens transactions. Writers take turns; nobody holds one open while talking to the outside."""

    def begin(self) -> AbstractContextManager[Tx]:
        """Begin a transaction: committed when it ends, undone where it raises."""
