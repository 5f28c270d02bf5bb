"""GitHub's answers as values of ours, and ours as what GitHub's API expects."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from github import Github
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.PullRequest import PullRequest
from github.Repository import Repository as GitHubRepository

from bot.domain.pull_requests.records import GHOST, Account
from bot.domain.text.storable_text import make_storable
from bot.ports.code_host import CheckOutput, HostPullRequest, HostRepository, InlineComment, WrittenComment

_SECOND = timedelta(seconds=1)


def next_page(link: str) -> str | None:
    """Return the address of the next page from a ``Link`` header, or None."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip().strip("<>")
    return None


def list_reachable(github: Github) -> Iterator[dict[str, Any]]:
    """Yield every repository of an installation, as GitHub's JSON."""
    page = 1
    while True:
        _, data = github.requester.requestJsonAndCheck(
            "GET", "/installation/repositories", parameters={"per_page": 100, "page": page}
        )
        yield from data["repositories"]
        if len(data["repositories"]) < 100:
            return
        page += 1


def as_repository(found: GitHubRepository, installation: int | None) -> HostRepository:
    """Return a repository that an installation reaches."""
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


def find_login(user: NamedUser | Organization | None) -> str | None:
    """Return the login of an account, or None if it was deleted."""
    return user.login if user is not None else None


def as_account(user: NamedUser) -> Account:
    """Return an account."""
    return Account(user.id, user.login, user.type == "Bot")


def as_pull_request(found: PullRequest) -> HostPullRequest:
    """Return a pull request. Its author is the ghost if their account was deleted."""
    user: NamedUser | None = found.user
    author = as_account(user) if user is not None else GHOST
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


def list_comments(repo: GitHubRepository, kind: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Yield the comments on a repository's ``pulls`` or ``issues``, as GitHub's JSON.

    PyGithub would ask for each comment again, because those that begin a thread lack ``in_reply_to_id``.
    """
    query = {"sort": "updated", "direction": "asc", "since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "per_page": 100}
    page = 1
    while True:
        _, rows = repo.requester.requestJsonAndCheck(
            "GET", f"{repo.url}/{kind}/comments", parameters={**query, "page": page}
        )
        yield from rows
        if len(rows) < 100:
            return
        page += 1


def find_rest(found: Sequence[dict[str, Any]], since: datetime) -> datetime:
    """Return when the comments after those found begin.

    GitHub's times are whole seconds. If all of these changed in the first second, a list from that second on
    would have the same comments again, for ever.
    """
    return max(datetime.fromisoformat(found[-1]["updated_at"]), since.replace(microsecond=0) + _SECOND)


def as_written(row: dict[str, Any], *, inline: bool) -> WrittenComment:
    """Return a comment from GitHub's JSON."""
    user = row["user"]
    return WrittenComment(
        id=row["id"],
        number=int(row["pull_request_url" if inline else "issue_url"].rpartition("/")[2]),
        inline=inline,
        thread=row.get("in_reply_to_id"),
        author=Account(user["id"], user["login"], user["type"] == "Bot") if user else GHOST,
        body=make_storable(row["body"] or ""),
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def as_review_comment(comment: InlineComment) -> Any:
    """Return an inline comment as GitHub's JSON."""
    data: dict[str, Any] = {
        "path": comment.path,
        "side": comment.side,
        "line": comment.line,
        "body": comment.body,
    }
    if comment.start_line is not None and comment.start_line != comment.line:
        data |= {"start_line": comment.start_line, "start_side": comment.side}
    return data


def as_check(output: CheckOutput) -> dict[str, Any]:
    """Return the output of a check run as GitHub's JSON. Without a conclusion, the run is in progress."""
    shown = {"title": output.title, "summary": output.summary}
    if output.conclusion is None:
        return {"status": "in_progress", "output": shown}
    return {"status": "completed", "conclusion": output.conclusion, "output": shown}
