"""Review threads, which GitHub shows and resolves only over GraphQL.

An App may resolve one only with ``contents: write``, whatever else it may do to pull requests.
"""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github import pull_shapes, shapes
from tests.fakes.github.graphql import Malformed, Node, Parser, Resolver, select
from tests.fakes.github.model import Pull, Repository, ReviewComment, Thread, User, when
from tests.fakes.github.routes import LEVELS, Answer, Request, route


class _Error(Exception):
    def __init__(self, kind: str, path: str, message: str) -> None:
        self.kind, self.path = kind, path
        super().__init__(message)


@route("POST", "/graphql", caller="token")
@route("POST", "/api/graphql", caller="token")
def graphql(request: Request) -> Answer:
    try:
        kind, fields = Parser(request.body.get("query", ""), request.body.get("variables") or {}).document()
        root = Schema(request)
        return Answer(200, {"data": select(root.mutation if kind == "mutation" else root.query, fields)})
    except Malformed as problem:
        return Answer(200, {"errors": [{"message": str(problem)}]})
    except _Error as problem:
        error = {"type": problem.kind, "path": [problem.path], "message": str(problem)}
        return Answer(200, {"data": {problem.path: None}, "errors": [error]})


class Schema:
    """What the caller can reach."""

    def __init__(self, request: Request) -> None:
        self.request, self.world = request, request.world
        self.query = Node("Query", {"repository": self._repository, "node": self._node})
        self.mutation = Node(
            "Mutation",
            {
                "resolveReviewThread": lambda given: self._resolve(given, True),
                "unresolveReviewThread": lambda given: self._resolve(given, False),
            },
        )

    def _may(self, permission: str, level: str) -> bool:
        assert self.request.token
        return LEVELS.get(self.request.token.permissions.get(permission, ""), 0) >= LEVELS[level]

    def _repository(self, given: dict[str, Any]) -> Node:
        full_name = f"{given.get('owner')}/{given.get('name')}"
        found = self.world.named(full_name) or self.world.former_names.get(full_name.lower())
        if found is None or not self._sees(found):
            message = f"Could not resolve to a Repository with the name '{full_name}'."
            raise _Error("NOT_FOUND", "repository", message)
        pulls = found.pulls

        def pull(given: dict[str, Any]) -> Node:
            if not self._may("pull_requests", "read"):
                raise _Error("FORBIDDEN", "repository", "Resource not accessible by integration")
            if given.get("number") not in pulls:
                message = f"Could not resolve to a PullRequest with the number of {given.get('number')}."
                raise _Error("NOT_FOUND", "repository", message)
            return self._pull(pulls[given["number"]])

        plain = {"id": f"R_{found.id}", "name": found.name, "databaseId": found.id}
        return Node("Repository", {**_plain(plain), "pullRequest": pull})

    def _sees(self, repository: Repository) -> bool:
        token = self.request.token
        return not repository.private or (token is not None and token.covers(repository))

    def _pull(self, pull: Pull) -> Node:
        def threads(given: dict[str, Any]) -> Node:
            visible = [t for t in self.world.shown(pull.threads) if self._shows(t.comments[0])]
            return _connection("PullRequestReviewThread", [self._thread(t) for t in visible], given)

        plain = {"id": f"PR_{pull.id}", "number": pull.number, "databaseId": pull.id, "title": pull.title}
        return Node("PullRequest", {**_plain(plain), "reviewThreads": threads})

    def _shows(self, comment: ReviewComment) -> bool:
        return not comment.review.pending or comment.user is self.request.me

    def _thread(self, thread: Thread) -> Node:
        def comments(given: dict[str, Any]) -> Node:
            visible = [comment for comment in thread.comments if self._shows(comment)]
            return _connection("PullRequestReviewComment", [self._comment(c) for c in visible], given)

        place, original = thread.place, thread.original
        plain = {
            "id": thread.node_id,
            "isResolved": thread.resolved_by is not None,
            "isOutdated": place is None,
            "isCollapsed": thread.resolved_by is not None or place is None,
            "path": original.path,
            "line": place.line if place else None,
            "originalLine": original.line,
            "startLine": place.start_line if place else None,
            "originalStartLine": original.start_line,
            "diffSide": original.side,
            "startDiffSide": original.start_side,
            "subjectType": "FILE" if original.line is None else "LINE",
            "viewerCanResolve": thread.resolved_by is None and self._may("contents", "write"),
            "viewerCanUnresolve": thread.resolved_by is not None and self._may("contents", "write"),
            "resolvedBy": self._user(thread.resolved_by) if thread.resolved_by else None,
        }
        return Node("PullRequestReviewThread", {**_plain(plain), "comments": comments})

    def _comment(self, comment: ReviewComment) -> Node:
        shape = pull_shapes.review_comment(self.world, comment)
        plain = {
            "id": shape["node_id"],
            "databaseId": comment.id,
            "fullDatabaseId": str(comment.id),
            "body": comment.body,
            "path": shape["path"],
            "url": shape["html_url"],
            "createdAt": when(comment.created),
            "author": self._user(comment.user),
        }
        return Node("PullRequestReviewComment", _plain(plain))

    def _user(self, user: User) -> Node:
        login = user.login.removesuffix("[bot]")  # GraphQL names bots without the suffix of REST
        shape = shapes.user(self.world, user)
        plain = {"login": login, "url": shape["html_url"], "databaseId": user.id, "id": shape["node_id"]}
        return Node(user.kind, _plain(plain))

    def _node(self, given: dict[str, Any]) -> Node | None:
        thread = self._find(given.get("id"))
        return self._thread(thread) if thread else None

    def _find(self, node_id: Any) -> Thread | None:
        for pull in self.world.pulls():
            if self._sees(pull.repository):
                for thread in pull.threads:
                    if thread.node_id == node_id:
                        return thread
        return None

    def _resolve(self, given: dict[str, Any], resolved: bool) -> Node:
        path = "resolveReviewThread" if resolved else "unresolveReviewThread"
        wanted = given.get("input") or {}
        if unknown := wanted.keys() - {"threadId", "clientMutationId"}:
            raise Malformed(f"InputObject doesn't accept argument '{unknown.pop()}'")
        thread = self._find(wanted.get("threadId"))
        if thread is None:
            message = f"Could not resolve to a node with the global id of '{wanted.get('threadId')}'"
            raise _Error("NOT_FOUND", path, message)
        if not (self._may("contents", "write") and self._may("pull_requests", "write")):
            raise _Error("FORBIDDEN", path, "Resource not accessible by integration")
        if resolved != (thread.resolved_by is not None):
            self.world.resolve(thread, self.request.me, resolved)
            self.world.effect("thread.resolved" if resolved else "thread.unresolved", thread, wanted)
        plain = {"clientMutationId": wanted.get("clientMutationId"), "thread": self._thread(thread)}
        return Node("ResolveReviewThreadPayload", _plain(plain))


def _plain(values: Mapping[str, Any]) -> dict[str, Resolver]:
    def always(value: Any) -> Resolver:
        return lambda _given: value

    return {name: always(value) for name, value in values.items()}


def _connection(kind: str, nodes: list[Node], given: dict[str, Any]) -> Node:
    """Return a page of nodes; GitHub insists on ``first`` or ``last``, at most 100."""
    first = given.get("first", given.get("last"))
    if not isinstance(first, int) or not 1 <= first <= 100:
        raise Malformed("You must provide a `first` or `last` value between 1 and 100 to properly paginate.")
    start = int(given.get("after") or 0)
    if "last" in given:
        start = max(len(nodes) - first, 0)
    part = nodes[start : start + first]
    page = {"hasNextPage": start + first < len(nodes), "endCursor": str(start + len(part))}
    more = {"hasPreviousPage": start > 0, "startCursor": str(start)}
    info = Node("PageInfo", _plain({**page, **more}))
    return Node(f"{kind}Connection", _plain({"nodes": part, "totalCount": len(nodes), "pageInfo": info}))
