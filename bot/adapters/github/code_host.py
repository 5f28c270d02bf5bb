"""``ports.host.Host`` for GitHub."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from github import Github
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.PullRequest import PullRequest
from github.Repository import Repository as GitHubRepository

from bot.adapters.github.app_tokens import GitHubApp
from bot.domain.pull_requests.records import GHOST, Account, Capstone
from bot.domain.text.storable_text import make_storable
from bot.errors import PermanentError, UserError
from bot.ports.code_host import (
    CheckOutput,
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


@dataclass
class GitHubHost:
    """Every request is made as the App, on the one repository that it is about."""

    app: GitHubApp

    def repository(self, capstone: Capstone) -> HostRepository:
        """Look a capstone's repository up; by its number where its name has changed.

        The App may have been installed anew meanwhile, under another number, and nobody could tell.
        """
        what = f"Looking up {capstone.full_name}"
        if capstone.installation is None:
            return self._installed_meanwhile(capstone, what)
        try:
            with self.app.repository(what, capstone.installation, capstone.repository) as github:
                found = github.get_repo(capstone.full_name)
                if found.id == capstone.repository:
                    return _repository(found, capstone.installation)
        except PermanentError:
            pass  # renamed, perhaps
        try:
            with self.app.repository(what, capstone.installation, None) as github:
                for each in _reachable(github):
                    if each["id"] == capstone.repository:
                        return _repository(github.get_repo(each["full_name"]), capstone.installation)
        except PermanentError:
            pass  # installed anew, perhaps
        return self._installed_meanwhile(capstone, what)

    def _installed_meanwhile(self, capstone: Capstone, what: str) -> HostRepository:
        try:
            found = self.find_repository(capstone.full_name)
        except UserError:
            found = None
        if found is None or found.id != capstone.repository:
            raise PermanentError(
                f"{what}: the App is not installed on this repository.",
                "Its owner installs it; then everything goes on by itself.",
            )
        return found

    def find_repository(self, full_name: str) -> HostRepository:
        """Look a repository up by its name; the App must be installed on it."""
        owner, _, name = full_name.partition("/")
        if not owner or not name or "/" in name:
            raise UserError(f"{full_name!r} is not a repository.", "Write it as owner/name.")
        try:
            with self.app.itself(f"Looking for the App on {full_name}") as integration:
                installation = integration.get_repo_installation(owner, name).id
        except PermanentError:
            raise UserError(
                f"The App is not installed on {full_name}, or there is no such repository.",
                "Its owner installs the App on it first.",
            ) from None
        with self.app.repository(f"Looking up {full_name}", installation, None) as github:
            return _repository(github.get_repo(full_name), installation)

    def account(self, login: str, repository: HostRepository) -> Account:
        """Look a person up by login."""
        try:
            with self._on(repository, f"Looking up @{login}") as (github, _):
                return _account(github.get_user(login))
        except PermanentError:
            raise UserError(
                f"GitHub knows nobody called {login}.", "Check the spelling of the login."
            ) from None

    def pull_request(self, repository: HostRepository, number: int) -> HostPullRequest:
        """Read one pull request."""
        with self._on(repository, f"Reading pull request {number}") as (_, repo):
            return _pull_request(repo.get_pull(number))

    def open_pull_requests(self, repository: HostRepository) -> Sequence[HostPullRequest]:
        """List the open pull requests."""
        with self._on(repository, "Listing the open pull requests") as (_, repo):
            return [_pull_request(each) for each in repo.get_pulls(state="open")]

    def commits(self, repository: HostRepository, number: int) -> Sequence[str]:
        """List a pull request's commits, its head last: GitHub lists the first 250."""
        with self._on(repository, f"Listing the commits of {number}") as (_, repo):
            pull = repo.get_pull(number)
            return [*(each.sha for each in pull.get_commits()), pull.head.sha]

    def branch_head(self, repository: HostRepository, branch: str) -> str:
        """Return the commit at the tip of a branch."""
        with self._on(repository, f"Reading branch {branch}") as (_, repo):
            return repo.get_branch(branch).commit.sha

    def git_token(self, repository: HostRepository) -> str:
        """Return a token that may read the contents of this one repository, and nothing else."""
        return self.app.token(repository.installation, repository.id, reads_only=True)

    def reviews(self, repository: HostRepository, number: int) -> Sequence[HostReview]:
        """List every review that is visible to the App, its own pending one included."""
        ours = f"{self.app.slug}[bot]"
        with self._on(repository, f"Listing the reviews of {number}") as (_, repo):
            return [
                HostReview(each.id, each.state, each.body or "", _login(each.user) == ours)
                for each in repo.get_pull(number).get_reviews()
            ]

    def create_pending_review(
        self, repository: HostRepository, number: int, head: str, body: str, comments: Sequence[InlineComment]
    ) -> int:
        """Create a review that nobody sees yet; return its id."""
        with self.app.writing(), self._on(repository, f"Creating a review on {number}") as (_, repo):
            pull = repo.get_pull(number)
            try:
                made = pull.create_review(
                    commit=repo.get_commit(head), body=body, comments=[_comment(each) for each in comments]
                )
            except Exception as refused:
                if getattr(refused, "status", None) == 422 and "pending review" in str(refused).lower():
                    raise PendingReviewTakenError from None
                raise
            return made.id

    def delete_pending_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Delete a pending review, if it is there; False if it is shown already, and stays."""
        try:
            with (
                self.app.writing(),
                self._on(repository, f"Deleting a pending review of {number}") as (_, repo),
            ):
                repo.get_pull(number).get_review(review).delete()
        except HostRejectedError:
            return False
        except PermanentError:
            return True
        return True

    def submit_review(self, repository: HostRepository, number: int, review: int) -> bool:
        """Show a pending review as a comment, unless it is shown already; False if it is gone."""
        try:
            with self.app.writing(), self._on(repository, f"Submitting a review on {number}") as (_, repo):
                url = f"{repo.get_pull(number).url}/reviews/{review}/events"
                repo.requester.requestJsonAndCheck("POST", url, input={"event": "COMMENT"})
        except (HostRejectedError, PermanentError):
            # Either it was submitted before and the answer lost, or somebody has deleted it.
            known = {each.id: each for each in self.reviews(repository, number)}
            if review in known and known[review].state == "PENDING":
                raise
            return review in known
        return True

    def edit_review(self, repository: HostRepository, number: int, review: int, body: str) -> None:
        """Replace a review's body."""
        with self.app.writing(), self._on(repository, f"Editing the summary on {number}") as (_, repo):
            repo.get_pull(number).get_review(review).edit(body)

    def review_comments(
        self, repository: HostRepository, number: int, review: int
    ) -> Sequence[PostedComment]:
        """List a review's inline comments."""
        with self._on(repository, f"Listing the comments of a review on {number}") as (_, repo):
            found = repo.get_pull(number).get_single_review_comments(review)
            return [PostedComment(each.id, each.path, each.body) for each in found]

    def comments(self, repository: HostRepository, number: int, *, inline: bool) -> Sequence[HostComment]:
        """List every comment on a pull request, on its diff or in its conversation."""
        ours = f"{self.app.slug}[bot]"
        with self._on(repository, f"Listing the comments on {number}") as (_, repo):
            pull = repo.get_pull(number)
            found = pull.get_review_comments() if inline else pull.get_issue_comments()
            return [HostComment(each.id, each.body or "", _login(each.user) == ours) for each in found]

    def say(self, repository: HostRepository, number: int, thread: int | None, body: str) -> int:
        """Write a comment; return its id."""
        with self.app.writing(), self._on(repository, f"Replying on {number}") as (_, repo):
            pull = repo.get_pull(number)
            if thread is None:
                return pull.create_issue_comment(body).id
            return pull.create_review_comment_reply(thread, body).id

    def nod(self, repository: HostRepository, comment: int, *, inline: bool) -> None:
        """React to a comment with eyes; GitHub gives the same reaction back where there is one.

        What covers a comment on a pull request is the permission for pull requests, as of its other comments:
        https://docs.github.com/en/rest/reactions/reactions
        """
        kind = "pulls" if inline else "issues"
        with self.app.writing(), self._on(repository, "Reacting to a comment") as (_, repo):
            url = f"{repo.url}/{kind}/comments/{comment}/reactions"
            repo.requester.requestJsonAndCheck("POST", url, input={"content": "eyes"})

    def find_check(self, repository: HostRepository, head: str, external_id: str) -> int | None:
        """Find our check run of a round on a commit."""
        with self._on(repository, "Looking for the check run") as (_, repo):
            runs = repo.get_commit(head).get_check_runs(check_name=CHECK_NAME, filter="all")
            ours = (run for run in runs if getattr(run.app, "id", None) == self.app.app_id)
            return next((run.id for run in ours if run.external_id == external_id), None)

    def create_check(
        self, repository: HostRepository, head: str, external_id: str, output: CheckOutput
    ) -> int:
        """Create a check run; return its id."""
        with self.app.writing(), self._on(repository, "Creating the check run") as (_, repo):
            return repo.create_check_run(CHECK_NAME, head, external_id=external_id, **_check(output)).id

    def update_check(self, repository: HostRepository, check: int, output: CheckOutput) -> None:
        """Say how far a check run is, or how it ended."""
        with self.app.writing(), self._on(repository, "Updating the check run") as (_, repo):
            repo.get_check_run(check).edit(**_check(output))

    def missed_deliveries(self, since: datetime) -> Sequence[MissedDelivery]:
        """List the webhook deliveries since a moment that no attempt brought.

        https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
        """
        brought: set[str] = set()
        failed: dict[str, MissedDelivery] = {}  # the newest try of each, as the list begins with the newest
        with self.app.itself("Listing webhook deliveries") as integration:
            url: str | None = "/app/hook/deliveries?per_page=100"
            while url:
                headers, page = integration.requester.requestJsonAndCheck("GET", url)
                rows: list[dict[str, Any]] = list(page)
                for row in rows:
                    at = datetime.fromisoformat(row["delivered_at"])
                    if at < since:
                        rows = []
                        break
                    if 200 <= row["status_code"] < 300:
                        brought.add(row["guid"])
                    elif later := failed.get(row["guid"]):
                        failed[row["guid"]] = replace(later, tries=later.tries + 1)
                    else:
                        failed[row["guid"]] = MissedDelivery(row["id"], row["guid"], at)
                url = _next(str(headers.get("link", ""))) if rows else None
        # Oldest first, also where several failed within one second.
        return [each for guid, each in reversed(failed.items()) if guid not in brought]

    def redeliver(self, delivery: int) -> None:
        """Ask GitHub to bring a delivery again."""
        with self.app.itself("Asking for a redelivery") as integration:
            integration.requester.requestJsonAndCheck("POST", f"/app/hook/deliveries/{delivery}/attempts")

    @contextmanager
    def _on(self, repository: HostRepository, what: str) -> Iterator[tuple[Github, GitHubRepository]]:
        full_name = f"{repository.owner}/{repository.name}"
        with self.app.repository(f"{what} in {full_name}", repository.installation, repository.id) as github:
            yield github, github.get_repo(full_name)


def _next(link: str) -> str | None:
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip().strip("<>")
    return None


def _reachable(github: Github) -> Iterator[dict[str, Any]]:
    """Yield every repository of an installation, as data."""
    page = 1
    while True:
        _, data = github.requester.requestJsonAndCheck(
            "GET", "/installation/repositories", parameters={"per_page": 100, "page": page}
        )
        yield from data["repositories"]
        if len(data["repositories"]) < 100:
            return
        page += 1


def _repository(found: GitHubRepository, installation: int | None) -> HostRepository:
    if installation is None:
        raise AssertionError("a repository is only reached through an installation")
    return HostRepository(
        id=found.id,
        owner=found.owner.login,
        name=found.name,
        default_branch=found.default_branch,
        clone_url=found.clone_url,
        installation=installation,
        size_kb=found.size,
    )


def _login(user: NamedUser | Organization | None) -> str | None:
    return user.login if user is not None else None


def _account(user: NamedUser) -> Account:
    return Account(user.id, user.login, user.type == "Bot")


def _pull_request(found: PullRequest) -> HostPullRequest:
    user: NamedUser | None = found.user
    author = _account(user) if user is not None else GHOST
    return HostPullRequest(
        number=found.number,
        title=make_storable(found.title),
        body=make_storable(found.body or ""),
        state="open" if found.state == "open" else "closed",
        merged=found.merged_at is not None,
        draft=found.draft,
        author=author,
        head=found.head.sha,
        base=found.base.sha,
        base_ref=found.base.ref,
        updated_at=found.updated_at or found.created_at,
    )


def _comment(comment: InlineComment) -> Any:
    made: dict[str, Any] = {
        "path": comment.path,
        "side": comment.side,
        "line": comment.line,
        "body": comment.body,
    }
    if comment.start_line is not None and comment.start_line != comment.line:
        made |= {"start_line": comment.start_line, "start_side": comment.side}
    return made


def _check(output: CheckOutput) -> dict[str, Any]:
    shown = {"title": output.title, "summary": output.summary}
    if output.conclusion is None:
        return {"status": "in_progress", "output": shown}
    return {"status": "completed", "conclusion": output.conclusion, "output": shown}
