"""``CodeHost`` for GitHub."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from github import Github
from github.NamedUser import NamedUser
from github.Repository import Repository as GitHubRepository

from bot.adapters.github import review_threads
from bot.adapters.github.app_tokens import GitHubApp
from bot.adapters.github.deliveries import list_missed
from bot.adapters.github.failures import NotFoundError
from bot.adapters.github.responses import (
    as_account,
    as_check,
    as_pull_request,
    as_repository,
    as_review_comment,
    as_written,
    find_login,
    find_rest,
    list_comments,
    list_reachable,
)
from bot.domain.pull_requests.records import Account, Capstone
from bot.domain.review.paths import display_path
from bot.errors import PermanentError, UserError
from bot.ports.code_host import (
    CheckOutput,
    CommentList,
    HostComment,
    HostPullRequest,
    HostRejectedError,
    HostRepository,
    HostReview,
    InlineComment,
    MissedDelivery,
    PendingReviewTakenError,
    PostedComment,
)

CHECK_NAME = "Dojo review"
_SECOND = timedelta(seconds=1)


@dataclass
class GitHubHost:
    """Makes every request as the App, with a token for the one repository concerned."""

    app: GitHubApp

    def repository(self, capstone: Capstone) -> HostRepository:
        """Look up a capstone's repository, by its id if its name has changed.

        The App may have been reinstalled meanwhile with another installation id, but no event may have said
        so.
        """
        action = f"Looking up {capstone.full_name}"
        if capstone.installation is None:
            return self._find_reinstalled(capstone, action)
        try:
            with self.app.repository(action, capstone.installation, capstone.repository) as github:
                found = github.get_repo(capstone.full_name)
                if found.id == capstone.repository:
                    return as_repository(found, capstone.installation)
        except PermanentError:
            pass  # the repository may have been renamed
        try:
            with self.app.repository(action, capstone.installation, None) as github:
                for row in list_reachable(github):
                    if row["id"] == capstone.repository:
                        return as_repository(github.get_repo(row["full_name"]), capstone.installation)
        except PermanentError:
            pass  # the App may have been reinstalled
        return self._find_reinstalled(capstone, action)

    def _find_reinstalled(self, capstone: Capstone, action: str) -> HostRepository:
        try:
            found = self.find_repository(capstone.full_name)
        except UserError:
            found = None
        if found is None or found.id != capstone.repository:
            raise PermanentError(
                f"{action}: the App is not installed on this repository.",
                "Ask the owner to install it; Sensei will then continue on its own.",
            )
        return found

    def find_repository(self, full_name: str) -> HostRepository:
        """Look up a repository by its name; the App must be installed on it."""
        owner, _, name = full_name.partition("/")
        if not owner or not name or "/" in name:
            raise UserError(f"{full_name!r} is not a repository.", "Write it as owner/name.")
        try:
            with self.app.itself(f"Looking for the App on {full_name}") as integration:
                installation = integration.get_repo_installation(owner, name).id
        except NotFoundError:
            raise UserError(
                f"The App is not installed on {full_name}, or there is no such repository.",
                "Check the name. If it is correct, ask the repository's owner to install the App.",
            ) from None
        with self.app.repository(f"Looking up {full_name}", installation, None) as github:
            return as_repository(github.get_repo(full_name), installation)

    def account(self, login: str, repository: HostRepository) -> Account:
        """Look up a person by login."""
        try:
            with self._on(repository, f"Looking up @{login}") as (github, _):
                return as_account(github.get_user(login))
        except NotFoundError:
            raise UserError(
                f"There is no GitHub account called {login}.", "Check the spelling of the login."
            ) from None

    def find_account(self, login: str) -> Account:
        """Look up a person by login, through any installation of the App."""
        try:
            with self.app.repository(f"Looking up @{login}", self._find_installation(), None) as github:
                user = github.get_user(login)
                account, kind = as_account(user), user.type
        except NotFoundError:
            kind = ""
        if kind != "User":
            other = f" This account is of type {kind}." if kind else ""
            raise UserError(
                f"There is no GitHub user called {login}.{other}",
                "Nothing was changed. Check the spelling of the login.",
            )
        return account

    def _find_installation(self) -> int:
        """Return an installation of the App that isn't suspended. GitHub looks people up for no App alone."""
        with self.app.itself("Listing the App's installations") as integration:
            _, rows = integration.requester.requestJsonAndCheck(
                "GET", "/app/installations", parameters={"per_page": 100}
            )
        for row in rows:
            if not row.get("suspended_at"):
                return int(row["id"])
        raise UserError(
            "The GitHub App isn't installed anywhere yet, so Sensei can't look up accounts.",
            "Nothing was changed. Install it on a repository first; `sensei setup github` says how.",
        )

    def pull_request(self, repository: HostRepository, number: int) -> HostPullRequest:
        """Read one pull request."""
        with self._on(repository, f"Reading pull request {number}") as (_, repo):
            return as_pull_request(repo.get_pull(number))

    def open_pull_requests(self, repository: HostRepository) -> Sequence[HostPullRequest]:
        """List the open pull requests."""
        with self._on(repository, "Listing the open pull requests") as (_, repo):
            return [as_pull_request(pull) for pull in repo.get_pulls(state="open")]

    def commits(self, repository: HostRepository, number: int) -> Sequence[str]:
        """List a pull request's commits, its head last; GitHub lists only the first 250."""
        with self._on(repository, f"Listing the commits of pull request {number}") as (_, repo):
            pull = repo.get_pull(number)
            return [*(commit.sha for commit in pull.get_commits()), pull.head.sha]

    def branch_head(self, repository: HostRepository, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        with self._on(repository, f"Reading branch {branch}") as (_, repo):
            return repo.get_branch(branch).commit.sha

    def git_token(self, repository: HostRepository) -> str:
        """Return a token that can read the contents of this repository, and nothing else."""
        return self.app.token(repository.installation, repository.id, reads_only=True)

    def reviews(self, repository: HostRepository, number: int) -> Sequence[HostReview]:
        """List every review that the App can see, including its own pending one."""
        ours = f"{self.app.slug}[bot]"
        with self._on(repository, f"Listing the reviews of pull request {number}") as (_, repo):
            return [
                HostReview(review.id, review.state, review.body or "", find_login(review.user) == ours)
                for review in repo.get_pull(number).get_reviews()
            ]

    def create_pending_review(
        self, repository: HostRepository, number: int, head: str, body: str, comments: Sequence[InlineComment]
    ) -> int:
        """Create a review that nobody can see yet; return its id."""
        with (
            self.app.writing(),
            self._on(repository, f"Creating a review on pull request {number}") as (_, repo),
        ):
            pull = repo.get_pull(number)
            try:
                review = pull.create_review(
                    commit=repo.get_commit(head),
                    body=body,
                    comments=[as_review_comment(comment) for comment in comments],
                )
            except Exception as refused:
                if getattr(refused, "status", None) == 422 and "pending review" in str(refused).lower():
                    raise PendingReviewTakenError from None
                raise
            return review.id

    def delete_pending_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Delete a pending review if it exists; return False if it was already submitted.

        GitHub may also answer "not found" if the App is not allowed to delete it.
        """
        try:
            with (
                self.app.writing(),
                self._on(repository, f"Deleting a pending review of pull request {number}") as (_, repo),
            ):
                repo.get_pull(number).get_review(review).delete()
        except HostRejectedError:
            return False
        except NotFoundError:
            reviews = self.reviews(repository, number)
            if any(known.id == review and known.state == "PENDING" for known in reviews):
                raise
        return True

    def submit_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Submit a pending review as a comment, unless already submitted; return False if it's gone."""
        try:
            with (
                self.app.writing(),
                self._on(repository, f"Submitting a review on pull request {number}") as (_, repo),
            ):
                url = f"{repo.get_pull(number).url}/reviews/{review}/events"
                repo.requester.requestJsonAndCheck("POST", url, input={"event": "COMMENT"})
        except (HostRejectedError, PermanentError):
            # Either it was submitted before and the response was lost, or someone deleted it.
            known = {known_review.id: known_review for known_review in self.reviews(repository, number)}
            if review in known and known[review].state == "PENDING":
                raise
            return review in known
        return True

    def edit_review(self, repository: HostRepository, number: int, review: int, body: str) -> None:
        """Replace a review's body."""
        with (
            self.app.writing(),
            self._on(repository, f"Editing the summary on pull request {number}") as (_, repo),
        ):
            repo.get_pull(number).get_review(review).edit(body)

    def review_comments(
        self, repository: HostRepository, number: int, review: int
    ) -> Sequence[PostedComment]:
        """List a review's inline comments."""
        with self._on(repository, f"Listing the comments of a review on pull request {number}") as (_, repo):
            found = repo.get_pull(number).get_single_review_comments(review)
            return [PostedComment(comment.id, comment.path, comment.body) for comment in found]

    def comments(self, repository: HostRepository, number: int, *, inline: bool) -> Sequence[HostComment]:
        """List every comment on a pull request, on its diff or in its conversation."""
        ours = f"{self.app.slug}[bot]"
        with self._on(repository, f"Listing the comments on pull request {number}") as (_, repo):
            pull = repo.get_pull(number)
            found = pull.get_review_comments() if inline else pull.get_issue_comments()
            return [
                HostComment(comment.id, comment.body or "", find_login(comment.user) == ours)
                for comment in found
            ]

    def comments_since(
        self, repository: HostRepository, since: datetime, most: int, *, inline: bool
    ) -> CommentList:
        """List the comments on all pull requests, in the order of their last change.

        GitHub lists comments on issues among those in conversations; they count towards ``most``.
        https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
        """
        with self._on(repository, "Listing new comments") as (_, repo):
            found = list(islice(list_comments(repo, "pulls" if inline else "issues", since), most))
        rows = [row for row in found if "/pull/" in row["html_url"]]
        comments = [as_written(row, inline=inline) for row in rows]
        return CommentList(comments, find_rest(found, since) if len(found) == most else None)

    def post_comment(self, repository: HostRepository, number: int, thread: int | None, body: str) -> int:
        """Post a comment, in a thread or in the conversation; return its id."""
        with self.app.writing(), self._on(repository, f"Replying on pull request {number}") as (_, repo):
            pull = repo.get_pull(number)
            if thread is None:
                return pull.create_issue_comment(body).id
            return pull.create_review_comment_reply(thread, body).id

    def edit_comment(self, repository: HostRepository, comment: int, body: str, *, inline: bool) -> None:
        """Replace the body of one of Sensei's own comments."""
        kind = "pulls" if inline else "issues"
        with self.app.writing(), self._on(repository, "Editing a comment") as (_, repo):
            url = f"{repo.url}/{kind}/comments/{comment}"
            repo.requester.requestJsonAndCheck("PATCH", url, input={"body": body})

    def resolve_thread(self, repository: HostRepository, number: int, comment: int) -> bool:
        """Resolve a thread, if the installation lets the App write contents; GitHub demands that."""
        return review_threads.resolve_thread(self.app, repository, number, comment)

    def add_eyes_reaction(self, repository: HostRepository, comment: int, *, inline: bool) -> None:
        """Add an eyes reaction to a comment; if it already exists, GitHub returns it.

        The permission for pull requests covers this, as it does comments on them:
        https://docs.github.com/en/rest/reactions/reactions
        """
        kind = "pulls" if inline else "issues"
        with self.app.writing(), self._on(repository, "Reacting to a comment") as (_, repo):
            url = f"{repo.url}/{kind}/comments/{comment}/reactions"
            repo.requester.requestJsonAndCheck("POST", url, input={"content": "eyes"})

    def find_check(self, repository: HostRepository, head: str, external_id: str) -> int | None:
        """Find Sensei's check run for a round on a commit."""
        with self._on(repository, "Looking for the check run") as (_, repo):
            runs = repo.get_commit(head).get_check_runs(check_name=CHECK_NAME, filter="all")
            ours = (run for run in runs if getattr(run.app, "id", None) == self.app.app_id)
            return next((run.id for run in ours if run.external_id == external_id), None)

    def create_check(
        self, repository: HostRepository, head: str, external_id: str, output: CheckOutput
    ) -> int:
        """Create a check run; return its id."""
        with self.app.writing(), self._on(repository, "Creating the check run") as (_, repo):
            return repo.create_check_run(CHECK_NAME, head, external_id=external_id, **as_check(output)).id

    def update_check(self, repository: HostRepository, check: int, output: CheckOutput) -> None:
        """Update the progress of a check run, or complete it."""
        with self.app.writing(), self._on(repository, "Updating the check run") as (_, repo):
            repo.get_check_run(check).edit(**as_check(output))

    def last_author(self, repository: HostRepository, path: str, head: str) -> Account | None:
        """Return the account of the last commit's author; GitHub finds it by the commit's address."""
        with self._on(repository, f"Looking for the author of {display_path(path)}") as (_, repo):
            commit = next(iter(repo.get_commits(sha=head, path=display_path(path))), None)
            author: NamedUser | None = commit.author if commit is not None else None
            return as_account(author) if author is not None else None

    def may_push(self, repository: HostRepository) -> bool:
        """Return whether the installation may write the contents of repositories."""
        with self.app.itself(f"Looking up the permissions for {repository.owner}/{repository.name}") as app:
            permissions = app.get_app_installation(repository.installation).raw_data["permissions"]
            return bool(permissions.get("contents") == "write")

    def push_token(self, repository: HostRepository) -> str:
        """Return a token that can push to this repository, and nothing else."""
        return self.app.push_token(repository.installation, repository.id)

    def own_account(self, repository: HostRepository) -> Account:
        """Return the account of the App's bot."""
        return self.account(f"{self.app.slug}[bot]", repository)

    def find_opened_pull(self, repository: HostRepository, branch: str) -> HostPullRequest | None:
        """Return the App's newest pull request from a branch, open or closed, or None."""
        ours = f"{self.app.slug}[bot]"
        with self._on(repository, f"Looking for a pull request from {branch}") as (_, repo):
            found = repo.get_pulls(
                state="all", head=f"{repository.owner}:{branch}", sort="created", direction="desc"
            )
            return next((as_pull_request(pull) for pull in found if find_login(pull.user) == ours), None)

    def open_pull(self, repository: HostRepository, branch: str, title: str, body: str) -> int:
        """Open a pull request from a branch to the default branch; return its number."""
        with self.app.writing(), self._on(repository, f"Opening a pull request from {branch}") as (_, repo):
            return repo.create_pull(
                base=repository.default_branch, head=branch, title=title, body=body
            ).number

    def missed_deliveries(self, since: datetime) -> Sequence[MissedDelivery]:
        """List the webhook deliveries since a given time whose attempts all failed."""
        with self.app.itself("Listing webhook deliveries") as integration:
            return list_missed(integration.requester, since)

    def redeliver(self, delivery: int) -> None:
        """Ask GitHub to send a delivery again."""
        with self.app.itself("Asking for a redelivery") as integration:
            integration.requester.requestJsonAndCheck("POST", f"/app/hook/deliveries/{delivery}/attempts")

    @contextmanager
    def _on(self, repository: HostRepository, action: str) -> Iterator[tuple[Github, GitHubRepository]]:
        full_name = f"{repository.owner}/{repository.name}"
        with self.app.repository(
            f"{action} in {full_name}", repository.installation, repository.id
        ) as github:
            yield github, github.get_repo(full_name)
