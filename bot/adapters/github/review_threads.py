"""Review threads, which GitHub lists and resolves only over GraphQL.

https://docs.github.com/en/graphql/reference/mutations#resolvereviewthread
"""

from collections.abc import Iterator
from typing import Any

from github import Github, GithubException

from bot.adapters.github.app_tokens import GitHubApp
from bot.adapters.github.failures import NotFoundError
from bot.errors import TransientError
from bot.ports.code_host import HostRejectedError, HostRepository

_THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        nodes { id isResolved comments(first: 1) { nodes { fullDatabaseId } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}
"""
_RESOLVE = """
mutation($thread: ID!) {
  resolveReviewThread(input: {threadId: $thread}) { thread { isResolved } }
}
"""


def resolve_thread(app: GitHubApp, repository: HostRepository, number: int, comment: int) -> bool:
    """Resolve the thread that a comment begins; return False if the App may not, or there is none.

    GitHub refuses it to an App that may not write contents, whatever it may do to pull requests.
    """
    action = f"Resolving a thread of pull request {number}"
    try:
        with (
            app.writing(),
            app.repository(action, repository.installation, repository.id, writes_contents=True) as github,
        ):
            return _resolve(github, repository, number, comment)
    except (HostRejectedError, NotFoundError):
        return False


def _resolve(github: Github, repository: HostRepository, number: int, comment: int) -> bool:
    for thread in _list_threads(github, repository, number):
        first = thread["comments"]["nodes"]
        if first and int(first[0]["fullDatabaseId"]) == comment:
            if not thread["isResolved"]:
                _query(github, _RESOLVE, {"thread": thread["id"]})
            return True
    return False


def _list_threads(github: Github, repository: HostRepository, number: int) -> Iterator[dict[str, Any]]:
    """Yield the threads of a pull request, page by page."""
    variables = {"owner": repository.owner, "name": repository.name, "number": number, "after": None}
    while True:
        found = _query(github, _THREADS, variables)["repository"]["pullRequest"]["reviewThreads"]
        yield from found["nodes"]
        if not found["pageInfo"]["hasNextPage"]:
            return
        variables["after"] = found["pageInfo"]["endCursor"]


def _query(github: Github, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a query.

    Raises:
        TransientError: the rate limit was reached, which GraphQL reports with status 200.
    """
    try:
        _, document = github.requester.graphql_query(query, variables)
    except GithubException as refused:
        if "RATE_LIMIT" in str(refused.data):
            raise TransientError("GitHub's rate limit was reached.", 60.0) from None
        raise
    data: dict[str, Any] = document["data"]
    return data
