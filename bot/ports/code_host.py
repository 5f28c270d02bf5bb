"""A code host, as one installation of the App sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.pull_requests.records import Account, Capstone

Side = Literal["LEFT", "RIGHT"]


@dataclass(frozen=True, slots=True)
class HostRepository:
    """A repository as the host has it now. ``clone_url`` holds no credential."""

    id: int
    owner: str
    name: str
    default_branch: str
    clone_url: str
    installation: int
    size_kb: int


@dataclass(frozen=True, slots=True)
class HostPullRequest:
    """A pull request as the host has it now. ``base`` is the tip of the branch it would go into."""

    number: int
    title: str
    body: str
    state: Literal["open", "closed"]
    merged: bool
    draft: bool
    author: Account
    head: str
    base: str
    base_ref: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class InlineComment:
    """A comment on lines of a pull request's diff; ``start_line`` only where there are several lines."""

    path: str
    side: Side
    line: int
    body: str
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class HostReview:
    """A review as the host has it. ``ours`` says that this App wrote it."""

    id: int
    state: str
    body: str
    ours: bool


@dataclass(frozen=True, slots=True)
class PostedComment:
    """An inline comment that a review of ours has."""

    id: int
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class HostComment:
    """A comment on a pull request. ``ours`` says that this App wrote it."""

    id: int
    body: str
    ours: bool


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What a check run shows. ``conclusion`` None: still in progress."""

    title: str
    summary: str
    conclusion: Literal["neutral", "success"] | None = None


@dataclass(frozen=True, slots=True)
class MissedDelivery:
    """A webhook delivery that the host could not bring, in so many tries, the last of them ``at``."""

    id: int
    guid: str
    at: datetime
    tries: int = 1


class PendingReviewTakenError(Exception):
    """The host allows one pending review, and there is one already."""


class CodeHost(Protocol):
    """What Sensei does at the code host. Every method is one or a few requests.

    Raises, all of them:
        TransientError: try again, not before ``retry_at``. PermanentError: gone, suspended or revoked.
    """

    def repository(self, capstone: Capstone) -> HostRepository:
        """Look a capstone's repository up; by its number where its name has changed.

        Where the capstone knows no installation, the App may have been installed meanwhile.
        """

    def find_repository(self, full_name: str) -> HostRepository:
        """Look a repository up by its name; raise UserError where the App is not installed on it."""

    def account(self, login: str, repository: HostRepository) -> Account:
        """Look a person up by login; raise UserError where there is nobody of that name."""

    def pull_request(self, repository: HostRepository, number: int) -> HostPullRequest:
        """Read one pull request."""

    def open_pull_requests(self, repository: HostRepository) -> Sequence[HostPullRequest]:
        """List the open pull requests."""

    def commits(self, repository: HostRepository, number: int) -> Sequence[str]:
        """List a pull request's commits, its head last; of very many the host may leave out some."""

    def branch_head(self, repository: HostRepository, branch: str) -> str:
        """Return the commit at the tip of a branch."""

    def git_token(self, repository: HostRepository) -> str:
        """Return a token that may read the contents of this one repository, and nothing else."""

    def reviews(self, repository: HostRepository, number: int) -> Sequence[HostReview]:
        """List every review that is visible to the App, its own pending one included."""

    def create_pending_review(
        self, repository: HostRepository, number: int, head: str, body: str, comments: Sequence[InlineComment]
    ) -> int:
        """Create a review that nobody sees yet; return its id.

        Raises:
            PendingReviewTaken: there is one. Rejected: the host does not take a comment's place.
        """

    def delete_pending_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Delete a pending review, if it is there; False if it is shown already, and stays."""

    def submit_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Show a pending review as a comment, unless it is shown already; False if it is gone."""

    def edit_review(self, repository: HostRepository, number: int, review: int, body: str) -> None:
        """Replace a review's body."""

    def review_comments(
        self, repository: HostRepository, number: int, review: int
    ) -> Sequence[PostedComment]:
        """List a review's inline comments."""

    def comments(self, repository: HostRepository, number: int, *, inline: bool) -> Sequence[HostComment]:
        """List every comment on a pull request: on its diff (``inline``), or in its conversation."""

    def say(self, repository: HostRepository, number: int, thread: int | None, body: str) -> int:
        """Write a comment: in the thread that a comment began, or in the conversation; return its id."""

    def nod(self, repository: HostRepository, comment: int, *, inline: bool) -> None:
        """Show at a comment, with a pair of eyes, that it was seen; the same again changes nothing."""

    def find_check(self, repository: HostRepository, head: str, external_id: str) -> int | None:
        """Find our check run of a round on a commit."""

    def create_check(
        self, repository: HostRepository, head: str, external_id: str, output: CheckOutput
    ) -> int:
        """Create a check run; return its id."""

    def update_check(self, repository: HostRepository, check: int, output: CheckOutput) -> None:
        """Say how far a check run is, or how it ended."""

    def missed_deliveries(self, since: datetime) -> Sequence[MissedDelivery]:
        """List the webhook deliveries since a moment that no attempt brought."""

    def redeliver(self, delivery: int) -> None:
        """Ask the host to bring a delivery again."""


class HostRejectedError(Exception):
    """The host refuses what was sent (422), and would refuse it again. ``what`` is its message."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
