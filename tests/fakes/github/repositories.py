"""Answers about repositories, pull requests and check runs."""

import re
from typing import Any

from tests.fakes.github import errors, pull_shapes, shapes
from tests.fakes.github.model import CheckRun, Pull, when
from tests.fakes.github.routes import Answer, Request, route
from tests.fakes.github.shapes import Shape
from tests.fakes.github.store import Commit

_CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "stale",
    "timed_out",
)
_STATUSES = ("queued", "in_progress", "completed")


@route("GET", "/repos/{owner}/{repo}", "metadata:read")
def get_repository(request: Request) -> Shape:
    return shapes.full_repository(request.world, request.repository)


@route("GET", "/repos/{owner}/{repo}/commits", "contents:read")
def list_repository_commits(request: Request) -> Answer:
    """Newest first. A commit's author is whoever has its no-reply address, as only those are known here."""
    repository = request.repository
    sha = repository.store.resolve(request.query.get("sha", repository.default_branch))
    if sha is None:
        raise errors.not_found()
    made = repository.store.history(sha, request.query.get("path"))
    return request.page(made, lambda world, one: pull_shapes.listed_commit(world, repository, one))


@route("GET", "/repos/{owner}/{repo}/commits/{ref}", "contents:read")
def get_commit(request: Request) -> Shape:
    repository = request.repository
    sha = repository.store.resolve(request.parameters["ref"])
    if sha is None:
        raise errors.Refused(422, f"No commit found for SHA: {request.parameters['ref']}")
    return pull_shapes.commit(request.world, repository, repository.store.commit(sha))


@route("GET", "/repos/{owner}/{repo}/branches/{branch}", "contents:read")
def get_branch(request: Request) -> Shape:
    repository, name = request.repository, request.parameters["branch"]
    sha = repository.refs.get(name)
    if sha is None:
        raise errors.Refused(404, "Branch not found")
    url = f"{request.world.url}/repos/{repository.full_name}/branches/{name}"
    return {
        "name": name,
        "commit": pull_shapes.commit(request.world, repository, repository.store.commit(sha)),
        "_links": {"self": url, "html": url},
        "protected": False,
        "protection": {"enabled": False},
        "protection_url": f"{url}/protection",
    }


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", "metadata:read")
def get_permission(request: Request) -> Shape:
    repository, login = request.repository, request.parameters["username"]
    person = request.world.users.get(login.lower())
    if person is None:
        raise errors.Refused(404, f"{login} is not a user")
    role = "admin" if person is repository.owner else repository.collaborators.get(person.login)
    role = role or ("none" if repository.private else "read")
    permission = {"maintain": "write", "triage": "read"}.get(role, role)
    ranks = {"pull": 1, "triage": 2, "push": 3, "maintain": 4, "admin": 5}
    rank = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}[role]
    allowed = {name: rank >= needed for name, needed in ranks.items()}
    user = {**shapes.user(request.world, person), "permissions": allowed, "role_name": role}
    return {"permission": permission, "role_name": role, "user": user}


@route("GET", "/repos/{owner}/{repo}/pulls", "pull_requests:read")
def list_pulls(request: Request) -> Answer:
    state = request.query.get("state", "open")
    chosen = [pull for pull in request.repository.pulls.values() if state in {"all", pull.state}]
    if head := request.query.get("head"):
        chosen = [pull for pull in chosen if f"{pull.head_repository.owner.login}:{pull.head}" == head]
    if base := request.query.get("base"):
        chosen = [pull for pull in chosen if pull.base == base]
    by = request.query.get("sort", "created")
    down = request.query.get("direction", "desc" if by == "created" else "asc") == "desc"

    def key(pull: Pull) -> Any:
        return (pull.updated, pull.number) if by == "updated" else pull.number

    return request.page(sorted(chosen, key=key, reverse=down), pull_shapes.simple_pull)


@route("POST", "/repos/{owner}/{repo}/pulls", "pull_requests:write")
def create_pull(request: Request) -> Answer:
    """Open a pull request between branches of the repository; from a fork is not what an App does here."""
    repository, world = request.repository, request.world
    head, base = request.text("head", "PullRequest") or "", request.text("base", "PullRequest") or ""
    title = request.text("title", "PullRequest") or ""
    branch = head.rpartition(":")[2]
    heads = repository.store.heads()
    for name, value in (("head", branch), ("base", base)):
        if value not in heads:
            raise errors.validation_failed("PullRequest", name, "", "invalid")
    open_ones = [pull for pull in repository.pulls.values() if pull.state == "open"]
    if any((pull.head, pull.base) == (branch, base) for pull in open_ones):
        already = f"A pull request already exists for {repository.owner.login}:{branch}."
        raise errors.validation_failed("PullRequest", "", already)
    if repository.store.is_ancestor(heads[branch], heads[base]):
        raise errors.validation_failed("PullRequest", "", f"No commits between {base} and {branch}")
    body = request.text("body", "PullRequest", required=False)
    made = world.add_pull(repository, repository, branch, base, request.me, title, body)
    world.effect("pull.created", made, request.body)
    return Answer(201, pull_shapes.pull(world, made))


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", "pull_requests:read")
def get_pull(request: Request) -> Shape:
    return pull_shapes.pull(request.world, request.pull)


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", "pull_requests:read")
def list_files(request: Request) -> Answer:
    return request.page(pull_shapes.files(request.world, request.pull), lambda _world, file: file)


@route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/commits", "pull_requests:read")
def list_commits(request: Request) -> Answer:
    pull = request.pull
    made = pull.repository.store.commits(pull.base_sha, pull.head_sha)[:250]

    def shape(_world: object, commit: Commit) -> Shape:
        return pull_shapes.commit(request.world, pull.repository, commit)

    return request.page(made, shape)


@route("POST", "/repos/{owner}/{repo}/check-runs", "checks:write")
def create_check(request: Request) -> Answer:
    repository, app = request.repository, request.app
    assert app
    name = request.text("name", "CheckRun")
    sha = request.text("head_sha", "CheckRun") or ""
    if not re.fullmatch(r"[0-9a-f]{40}", sha) or repository.store.resolve(sha) is None:
        raise errors.Refused(422, f"No commit found for SHA: {sha}")
    suite = next((it.suite for it in repository.checks if (it.head_sha, it.app) == (sha, app)), 0)
    check = request.world.make(CheckRun, repository, app, name, sha, suite or request.world.next_id())
    _update(request, check)
    check.started = check.started or when(check.created)
    repository.checks.append(check)
    request.world.effect("check_run.created", check, request.body)
    _announce(request, check, "created")
    if check.status == "completed":
        _announce(request, check, "completed")
    return Answer(201, shapes.check_run(request.world, check))


@route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", "checks:read")
def get_check(request: Request) -> Shape:
    return shapes.check_run(request.world, _check(request))


@route("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}", "checks:write")
def update_check(request: Request) -> Shape:
    check = _check(request)
    if check.app is not request.app:
        raise errors.Refused(
            403,
            "Invalid app_id `{}` - check run can only be modified by the GitHub App that created it.".format(
                request.app.id if request.app else ""
            ),
        )
    before = check.status
    _update(request, check)
    check.name = request.text("name", "CheckRun", required=False) or check.name
    request.world.effect("check_run.updated", check, request.body)
    if before != "completed" == check.status:
        _announce(request, check, "completed")
    return shapes.check_run(request.world, check)


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", "checks:read")
def list_checks(request: Request) -> Answer:
    """Newest first; with ``filter=latest`` (the default) one for each App and name."""
    repository, query = request.repository, request.query
    sha = repository.store.resolve(request.parameters["ref"])
    if sha is None:
        raise errors.Refused(422, f"No commit found for SHA: {request.parameters['ref']}")
    found = [it for it in reversed(repository.checks) if it.head_sha == sha]
    for name, attribute in (("check_name", "name"), ("status", "status")):
        if name in query:
            found = [it for it in found if getattr(it, attribute) == query[name]]
    if "app_id" in query:
        found = [it for it in found if str(it.app.id) == query["app_id"]]
    if query.get("filter", "latest") == "latest":
        latest: dict[tuple[int, str], CheckRun] = {}
        for it in request.world.shown(found):
            latest.setdefault((it.app.id, it.name), it)
        found = list(latest.values())
    return request.page(found, shapes.check_run, "check_runs")


def _check(request: Request) -> CheckRun:
    wanted = request.number("check_run_id")
    for check in request.repository.checks:
        if check.id == wanted:
            return check
    raise errors.not_found()


def _announce(request: Request, check: CheckRun, action: str) -> None:
    """Tell every App that listens, also the one that made the check run."""
    request.world.emit("check_run", action, check.repository, request.me, check=check)


def _update(request: Request, check: CheckRun) -> None:
    body = request.body
    status = request.one_of("status", _STATUSES)
    conclusion = request.one_of("conclusion", _CONCLUSIONS)
    if conclusion:
        status = "completed"
    elif status == "completed":
        raise errors.invalid_request('"conclusion" wasn\'t supplied.')
    output = body.get("output")
    if output is not None:
        _check_output(output)
        check.output = {**check.output, **output}
    check.status = status or check.status
    check.conclusion = conclusion or (None if status else check.conclusion)
    check.external_id = body.get("external_id", check.external_id)
    check.details_url = body.get("details_url", check.details_url)
    check.started = body.get("started_at", check.started)
    check.completed = body.get("completed_at", check.completed)
    if check.status == "completed" and check.completed is None:
        check.completed = when(request.world.now())
    check.actions = body.get("actions", check.actions)
    if len(check.actions) > 3:
        raise errors.invalid_request("For 'properties/actions', no more than 3 items are allowed.")
    check.updated = request.world.now()


def _check_output(output: dict[str, Any]) -> None:
    for name in ("title", "summary"):
        if name not in output:
            raise errors.invalid_request(f"For 'properties/output', \"{name}\" wasn't supplied.")
    for name in ("summary", "text"):
        if len(output.get(name) or "") > 65_535:
            raise errors.invalid_request(
                f"For 'properties/{name}', only 65535 characters are allowed; "
                f"{len(output[name])} were supplied."
            )
    if len(output.get("annotations", [])) > 50:
        raise errors.invalid_request("For 'properties/annotations', no more than 50 items are allowed.")
