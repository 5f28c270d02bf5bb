"""Stored capstones with their pull requests: rounds, questions, commands and the ledger."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentCommand, ParsedCommand, Verb
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    OpenQuestion,
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

BASELINE, BASELINE_BY_MODEL = "baseline", "baseline:model"
"""The sources of what the last reading of the whole tree found, with signals and with a model."""


@dataclass(frozen=True, slots=True)
class LedgerMovement:
    """A movement in a capstone's ledger. ``source`` is the reading that found it.

    ``pending`` means that its pull request is open, so the movement does not count yet.
    """

    source: str
    movement: Movement
    pending: bool


@dataclass(frozen=True, slots=True)
class BaselineCoverage:
    """What the last reading of a capstone's whole tree looked for.

    ``stacks`` are ids of the packs that apply, ``not_assessed`` ids of the checks about which no reading
    could say anything. ``head`` is the commit that was read. ``by_model`` are ids of the checks for which the
    last complete reading with a model looked. Signals look for far fewer, so a reading without a model takes
    nothing away from these.
    """

    head: str
    stacks: tuple[str, ...]
    not_assessed: tuple[str, ...]
    by_model: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapstoneEnrolment:
    """How a capstone is enrolled. ``name`` is ``owner/name``, ``sensei`` the opaque id of its sensei.

    ``has_access``: the App is installed on the repository.
    """

    name: str
    sensei: str | None
    has_access: bool
    enrolled_at: datetime


class Capstones(Protocol):
    """Enrolled repositories, and their participants and senseis."""

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
        """Enrol a repository, or update an enrolled one; None keeps the old value.

        If another repository is enrolled under this name, its enrolment ends, as it must have been deleted.
        """

    def get(self, capstone: int) -> Capstone:
        """Return a capstone."""

    def by_repository(self, repository: int) -> Capstone | None:
        """Return the active capstone of a repository, by its id at the code host."""

    def last_of(self, repository: int) -> Capstone | None:
        """Return the capstone of a repository, by its id at the code host, even if it has ended."""

    def by_name(self, full_name: str) -> Capstone | None:
        """Return the active capstone last known under a full name, ignoring case."""

    def all(self) -> Sequence[Capstone]:
        """List the active capstones by name."""

    def by_participant(self, person: str) -> Sequence[Capstone]:
        """List a participant's active capstones by name. ``person`` is their opaque id."""

    def by_sensei(self, sensei: str) -> Sequence[Capstone]:
        """List a sensei's active capstones by name. ``sensei`` is their opaque id."""

    def set_sensei(self, cohort: int, participant: str, sensei: str | None) -> None:
        """Set the sensei of a participant's active capstones in a cohort; None removes the sensei.

        The sensei may have no account at the code host yet.
        """

    def set_name(self, repository: int, owner: str, name: str) -> None:
        """Store a repository's new name."""

    def set_default_branch(self, repository: int, default_branch: str) -> None:
        """Store a repository's default branch."""

    def set_installation(self, repository: int, installation: int | None) -> None:
        """Store the installation that gives access to a repository; None if there is none."""

    def clear_installation(self, installation: int) -> None:
        """Remove an installation from all of its repositories."""

    def set_publishing(
        self, capstone: int, publish: PublishPolicy | None = None, held: bool | None = None
    ) -> None:
        """Set which posts need no human approval. Pass None to keep a setting."""

    def end(self, capstone: int) -> None:
        """End an enrolment. Sensei posts nothing more; the records remain until the retention period ends."""


class PullRequests(Protocol):
    """Pull requests of capstones."""

    def get(self, pull_request: int) -> PullRequest:
        """Return a pull request."""

    def find(self, capstone: int, number: int) -> PullRequest | None:
        """Return a pull request by its number, or None."""

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
        """Store a pull request as the host described it at ``at``, the host's time.

        Nothing changes if newer data is stored already.
        """

    def list_open(self, capstone: int) -> Sequence[PullRequest]:
        """List a capstone's open pull requests."""

    def list_merged(self, capstone: int, since: datetime) -> Sequence[PullRequest]:
        """List a capstone's merged pull requests that changed after a time, the newest first."""

    def set_summary(self, pull_request: int, review: int) -> None:
        """Store the id of the review whose body is the summary."""

    def set_quiet(self, pull_request: int, quiet: bool) -> None:
        """Set whether Sensei reads a pull request only on request (``quiet``) or automatically."""

    def set_private(self, pull_request: int, private: bool) -> None:
        """Set whether Sensei posts nothing on a pull request (``private``)."""


class Rounds(Protocol):
    """Readings of pull requests."""

    def get(self, round_: str) -> Round:
        """Return a round."""

    def find(self, round_: str) -> Round | None:
        """Return a round, or None if there is none with this id, for example since it was deleted."""

    def of(self, pull_request: int) -> Sequence[Round]:
        """List a pull request's rounds in order, without their reports."""

    def newest_report(self, pull_request: int) -> Report | None:
        """Return the report of the last round that has one."""

    def begin(self, pull_request: int, trigger: Trigger, head: str, due_at: datetime) -> Round:
        """Create the next round, and the job that starts it."""

    def move(self, round_: str, head: str, due_at: datetime, trigger: Trigger) -> None:
        """Make a waiting round read another head at another time. It keeps a trigger of ``ASKED``."""

    def was_asked_for(self, round_: str) -> bool:
        """Return whether a person asked for a round, or for the round that it retries."""

    def is_another_running(self, round_: str) -> bool:
        """Return whether another round of the same pull request is being read or published."""

    def supersede(self, round_: str, at: datetime) -> None:
        """Mark a round as superseded by a newer head."""

    def set_state(self, round_: str, state: RoundState, at: datetime, error: str = "") -> None:
        """Store a round's state."""

    def save_report(self, round_: str, report: Report) -> None:
        """Store a round's report. Storing the same report again changes nothing."""

    def set_review(self, round_: str, review: int) -> None:
        """Store the id of the review that a round published."""


class Questions(Protocol):
    """Questions of pull requests."""

    def of(self, pull_request: int) -> Sequence[AskedQuestion]:
        """List a pull request's questions in order."""

    def get(self, question: int) -> AskedQuestion | None:
        """Return a question, or None."""

    def states(self, questions: Iterable[int]) -> Mapping[int, QuestionState]:
        """Return the states of questions, by number. Those that don't exist are left out."""

    def list_proposed(self) -> Sequence[tuple[Capstone, PullRequest, AskedQuestion]]:
        """List the questions of open pull requests that wait for a sensei's approval, oldest first."""

    def list_disputed(self) -> Sequence[tuple[Capstone, PullRequest | None, AskedQuestion, str]]:
        """List the disputes waiting for a sensei's ruling, oldest first, with the participant's reasons.

        A reason is empty if its author has deleted it, or gave it in private. A check-in's question has no
        pull request.
        """

    def count_open(self, participant: int, author: int) -> int:
        """Count the questions that are or will be asked on an author's pull requests.

        This includes all capstones of ``participant``. Both arguments are account ids at the code host.
        """

    def add(self, round_: str, questions: Sequence[AskedQuestion], at: datetime) -> None:
        """Store a round's questions with new ids, except those with a known fingerprint."""

    def add_private(self, capstone: int, question: AskedQuestion, at: datetime) -> int:
        """Store a question that belongs to no pull request, such as that of a check-in; return its id."""

    def list_fingerprints(self, capstone: int) -> frozenset[str]:
        """Return the fingerprints of all questions about a capstone, so that none is asked twice."""

    def set_state(
        self, question: int, state: QuestionState, at: datetime, comment: int | None = None
    ) -> None:
        """Store a question's state, and its comment if ``comment`` is given."""

    def reword(self, question: int, text: str, at: datetime) -> None:
        """Replace a question's text with a sensei's own words, and keep what Sensei wrote first."""

    def record_ruling(self, question: int, ruling: Ruling, at: datetime) -> None:
        """Store a sensei's ruling.

        If the question stands, it returns to ``ASKED``; otherwise, it is withdrawn.
        """

    def note_sensei_message(self, question: int, at: datetime) -> None:
        """Store when a sensei first wrote in a question's thread."""

    def mark_asked(self, question: int, at: datetime, *, inline: bool) -> None:
        """Store that a question is published, on its lines (``inline``) or in a review's body.

        If it has since reached a later state, that stays.
        """

    def set_comment(self, question: int, comment: int) -> None:
        """Store the id of the comment that asks a question."""

    def forget(self, round_: str) -> None:
        """Delete a round's merely proposed questions, so that the next round may ask them."""

    def has_unplaced(self, pull_request: int, since: datetime) -> bool:
        """Return whether a round is being read, or questions posted after ``since`` lack comment ids."""

    def by_comment(self, comment: int) -> AskedQuestion | None:
        """Return the question that a comment asks."""

    def get_message(self, comment: int) -> ThreadMessage | None:
        """Return a message in a question's thread, or None if the comment is unknown."""

    def save_message(self, question: int, comment: int, author: int, body: str, at: datetime) -> None:
        """Store a message in a question's thread, new or edited. ``at`` is the host's time."""

    def delete_message(self, question: int, comment: int, author: int, at: datetime) -> None:
        """Delete a message's text and mark it as deleted. The row remains, as old events may still arrive."""


class CommentCommands(Protocol):
    """Commands that people gave in comments, at most one per comment."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        parsed: ParsedCommand,
        outcome: CommandOutcome,
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
        """Store a command; return its id. ``at`` is the host's time of the comment.

        Its comment must not have a stored command already.
        """

    def get(self, command: int) -> CommentCommand:
        """Return a command."""

    def by_comment(self, comment: int, *, inline: bool) -> CommentCommand | None:
        """Return the command that a comment gave, or None."""

    def was_told_not_theirs(self, pull_request: int, author: int) -> bool:
        """Return whether Sensei told an author on a pull request that they may not give commands."""

    def was_told_first_line(self, pull_request: int, author: int) -> bool:
        """Return whether Sensei told an author on a pull request that a command must be on the first line."""

    def count_given(self, pull_request: int, author: int, since: datetime, until: datetime) -> int:
        """Count an author's commands on a pull request after ``since`` and up to ``until``, done or not."""

    def count_tries(self, author: int, verb: Verb, since: datetime, until: datetime) -> int:
        """Count how often an author gave one command, anywhere, after ``since`` and up to ``until``."""

    def is_any_done_after(
        self, pull_request: int, verbs: Collection[Verb], at: datetime, comment: int, *, inline: bool
    ) -> bool:
        """Return whether a command in ``verbs``, written later than a comment, was carried out.

        ``at`` is when the comment was written. Within one second, the comment with the higher id is later.
        This applies only to comments of one kind (``inline`` or not), as the two kinds are numbered
        separately.
        """

    def mark_deleted(self, command: int, at: datetime) -> None:
        """Store that the author deleted the command's comment."""


class Ledgers(Protocol):
    """The ledgers of capstones: the evidence that supports or weakens each check."""

    def record(self, capstone: int, source: str, movements: Sequence[Movement], pending: bool) -> None:
        """Store the movements of the reading named ``source``, replacing those it had stored before."""

    def settle(self, capstone: int, prefix: str, merged: bool) -> None:
        """Count a pull request's movements if it was merged, otherwise delete them.

        These are the movements whose source starts with ``prefix``.
        """

    def movements(self, capstone: int) -> Sequence[LedgerMovement]:
        """List a capstone's movements, oldest first."""

    def movements_of(self, capstones: Collection[int]) -> Mapping[int, Sequence[LedgerMovement]]:
        """Return the movements of some capstones, oldest first, in one query."""

    def record_coverage(self, capstone: int, coverage: BaselineCoverage, at: datetime) -> None:
        """Store what a reading of the whole tree looked for, in place of the last one's."""

    def coverages(self, capstones: Collection[int]) -> Mapping[int, BaselineCoverage]:
        """Return what the last readings of whole trees looked for, by capstone, in one query."""


class Standings(Protocol):
    """The progress of capstones. Each method runs one query, however many capstones there are."""

    def capstones(self, cohort: int) -> Mapping[str, Sequence[int]]:
        """Return the active capstones of a cohort, by their participant's opaque id."""

    def names(self, capstones: Collection[int]) -> Mapping[int, str]:
        """Return the names of capstones, such as ``ada/desk``."""

    def enrolments(self, capstones: Collection[int]) -> Mapping[int, CapstoneEnrolment]:
        """Return how capstones are enrolled, by capstone."""

    def questions(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List the ``OPEN`` questions of open pull requests, and the disputes of all, oldest first."""

    def put_off_when_merged(self, capstones: Collection[int], since: datetime) -> Sequence[OpenQuestion]:
        """List the questions that were put off on pull requests merged after a time, oldest first."""

    def waiting_for_senseis(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List what senseis must decide, oldest first: questions to keep or withdraw, and disputes.

        A question can be kept while its round is published and its pull request is open.
        """

    def handovers(self, capstones: Collection[int]) -> Sequence[OpenQuestion]:
        """List the questions left to the sensei, and not answered by them since, oldest first.

        ``at`` is when they were left. Those about which the sensei said that they've talked are left out, and
        so are questions that are settled meanwhile, or disputed. Those talked about in private have no
        ``comment``.
        """

    def count_movements(self, capstones: Collection[int], since: datetime) -> Mapping[int, int]:
        """Count movements by capstone, in rounds that ended after a given time, including zeros."""

    def last_read_times(self, capstones: Collection[int]) -> Mapping[int, datetime | None]:
        """Return, for each capstone, when its last completed round ended; None if there was none."""
