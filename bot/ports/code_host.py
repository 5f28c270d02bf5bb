"""The code host: GitHub, as one installation of the App sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.pull_requests.records import Account, Capstone

Side = Literal["LEFT", "RIGHT"]


@dataclass(frozen=True, slots=True)
class HostRepository:
    """A repository at the host. ``clone_url`` holds no credential."""

    id: int
    owner: str
    name: str
    default_branch: str
    clone_url: str
    installation: int
    size_kb: int


@dataclass(frozen=True, slots=True)
class HostPullRequest:
    """A pull request at the host. ``base`` is the tip of its target branch."""

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
    """A comment on lines of a pull request's diff. ``start_line`` is set for a comment on several lines."""

    path: str
    side: Side
    line: int
    body: str
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class HostReview:
    """A review at the host. ``ours`` is set if this App wrote it."""

    id: int
    state: str
    body: str
    ours: bool


@dataclass(frozen=True, slots=True)
class PostedComment:
    """An inline comment of one of Sensei's reviews."""

    id: int
    path: str
    body: str


@dataclass(frozen=True, slots=True)
class HostComment:
    """A comment on a pull request. ``ours`` is set if this App wrote it."""

    id: int
    body: str
    ours: bool


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """A comment on a pull request, with its author and its times.

    ``number`` is its pull request's, ``thread`` the first comment of its thread if it is a reply there.
    ``updated_at`` differs from ``created_at`` if its text was edited.
    """

    id: int
    number: int
    inline: bool
    thread: int | None
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CommentList:
    """Comments, the one changed least recently first. If there may be more, ``rest`` is when they begin."""

    comments: Sequence[WrittenComment]
    rest: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """The text of a check run. A ``conclusion`` of None means that it is still in progress."""

    title: str
    summary: str
    conclusion: Literal["neutral", "success"] | None = None


@dataclass(frozen=True, slots=True)
class MissedDelivery:
    """A failed webhook delivery. ``at`` is the time of the last of its ``tries``."""

    id: int
    guid: str
    at: datetime
    tries: int = 1


class PendingReviewTakenError(Exception):
    """A pending review already exists, and the host allows only one."""


class CodeHost(Protocol):
    """Sensei's requests to the code host. Every method makes one or a few.

    All methods raise:
        TransientError: try again, not before ``retry_at``. PermanentError: deleted, suspended or revoked.
    """

    def repository(self, capstone: Capstone) -> HostRepository:
        """Return a capstone's repository, by its id if its name has changed.

        A capstone without an installation is looked up too, as the App may have been installed since.
        """

    def find_repository(self, full_name: str) -> HostRepository:
        """Return a repository by its name; raise UserError if the App is not installed on it."""

    def account(self, login: str, repository: HostRepository) -> Account:
        """Return an account by login; raise UserError if it doesn't exist."""

    def find_account(self, login: str) -> Account:
        """Return a person's account by login, through any repository of the App.

        Raises:
            UserError: there is no such account, it isn't a person's, or the App is installed nowhere.
        """

    def pull_request(self, repository: HostRepository, number: int) -> HostPullRequest:
        """Return a pull request."""

    def open_pull_requests(self, repository: HostRepository) -> Sequence[HostPullRequest]:
        """List the open pull requests."""

    def commits(self, repository: HostRepository, number: int) -> Sequence[str]:
        """List a pull request's commits, its head last. If there are very many, the host may omit some."""

    def branch_head(self, repository: HostRepository, branch: str) -> str:
        """Return the commit at the tip of a branch."""

    def git_token(self, repository: HostRepository) -> str:
        """Return a token that can only read the contents of this repository."""

    def reviews(self, repository: HostRepository, number: int) -> Sequence[HostReview]:
        """List the reviews that the App can see, including its own pending one."""

    def create_pending_review(
        self, repository: HostRepository, number: int, head: str, body: str, comments: Sequence[InlineComment]
    ) -> int:
        """Create a review that is not visible yet; return its id.

        Raises:
            PendingReviewTakenError: one already exists. HostRejectedError: the host refuses a comment's
                place.
        """

    def delete_pending_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Delete a pending review if it exists; return False if it was already published.

        Raises:
            PermanentError: the host does not allow it, and the review still exists.
        """

    def submit_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Publish a pending review as a comment, unless already published; return False if it's gone."""

    def edit_review(self, repository: HostRepository, number: int, review: int, body: str) -> None:
        """Replace a review's body."""

    def review_comments(
        self, repository: HostRepository, number: int, review: int
    ) -> Sequence[PostedComment]:
        """List a review's inline comments."""

    def comments(self, repository: HostRepository, number: int, *, inline: bool) -> Sequence[HostComment]:
        """List the comments on a pull request's diff (``inline``) or in its conversation."""

    def comments_since(
        self, repository: HostRepository, since: datetime, most: int, *, inline: bool
    ) -> CommentList:
        """List at most ``most`` comments on a repository's pull requests that were changed since a time.

        These are the comments on diffs (``inline``) or in conversations.
        """

    def post_comment(self, repository: HostRepository, number: int, thread: int | None, body: str) -> int:
        """Post a comment in the thread of a comment, or in the conversation if None; return its id."""

    def edit_comment(self, repository: HostRepository, comment: int, body: str, *, inline: bool) -> None:
        """Replace the body of one of Sensei's own comments."""

    def resolve_thread(self, repository: HostRepository, number: int, comment: int) -> bool:
        """Resolve the thread that a comment on the diff begins, unless it is already resolved.

        Return False if the App may not do so, or there is no such thread.
        """

    def add_eyes_reaction(self, repository: HostRepository, comment: int, *, inline: bool) -> None:
        """Add an eyes reaction to a comment, to show that Sensei saw it. It is added only once."""

    def find_check(self, repository: HostRepository, head: str, external_id: str) -> int | None:
        """Return the id of Sensei's check run on a commit by its external id, or None."""

    def create_check(
        self, repository: HostRepository, head: str, external_id: str, output: CheckOutput
    ) -> int:
        """Create a check run; return its id."""

    def update_check(self, repository: HostRepository, check: int, output: CheckOutput) -> None:
        """Update the text and the conclusion of a check run."""

    def last_author(self, repository: HostRepository, path: str, head: str) -> Account | None:
        """Return who wrote the last commit up to ``head`` that changed a file; None if unknown."""

    def may_push(self, repository: HostRepository) -> bool:
        """Return whether the owner lets Sensei push branches to a repository."""

    def push_token(self, repository: HostRepository) -> str:
        """Return a token that can push to this repository; raise HostRejectedError if not granted."""

    def own_account(self, repository: HostRepository) -> Account:
        """Return the account in whose name Sensei posts and commits."""

    def find_opened_pull(self, repository: HostRepository, branch: str) -> HostPullRequest | None:
        """Return Sensei's newest pull request from a branch of the repository, open or closed, or None."""

    def open_pull(self, repository: HostRepository, branch: str, title: str, body: str) -> int:
        """Open a pull request from a branch to the default branch; return its number.

        Raises:
            HostRejectedError: the branch doesn't exist, has nothing new, or has an open pull request.
        """

    def missed_deliveries(self, since: datetime) -> Sequence[MissedDelivery]:
        """List the webhook deliveries since a given time whose attempts all failed."""

    def redeliver(self, delivery: int) -> None:
        """Ask the host to send a delivery again."""


class HostRejectedError(Exception):
    """The host refuses a request (422), and would refuse it again. ``what`` is its message."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
