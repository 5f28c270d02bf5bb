"""What webhooks say: payloads that fit the published schemas, for every App that listens."""

from typing import Any

from tests.fakes.github import pull_shapes, shapes
from tests.fakes.github.hooks import Delivery
from tests.fakes.github.model import (
    App,
    CheckRun,
    Comment,
    Installation,
    Pull,
    Repository,
    Review,
    ReviewComment,
    Thread,
    User,
    when,
)
from tests.fakes.github.shapes import Shape
from tests.fakes.github.store import Commit
from tests.fakes.github.world import NOBODY, World

_ALWAYS = {"installation", "installation_repositories", "ping"}


def emit(world: World, event: str, action: str | None, subject: Any, sender: User, **more: Any) -> None:
    """Tell every App that has subscribed to the event and may see the subject."""
    for app in world.apps.values():
        if not _hears(app, event, action, more):
            continue
        installation = subject if isinstance(subject, Installation) else world.installation_of(app, subject)
        if installation is None or installation.app is not app:
            continue
        if installation.suspended and event != "installation":
            continue
        world.hooks.tell(build(world, app, event, action, subject, sender, **more))


def build(
    world: World, app: App, event: str, action: str | None, subject: Any, sender: User, **more: Any
) -> Delivery:
    """Make a delivery without sending it."""
    with world.lock:
        payload: Shape = {} if action is None else {"action": action}
        if isinstance(subject, Repository):
            payload |= _BUILDERS[event](world, subject, **more)
            payload["repository"] = shapes.repository(world, subject)
            if subject.owner.kind == "Organization":
                payload["organization"] = shapes.organization(world, subject.owner)
            if installation := world.installation_of(app, subject):
                payload["installation"] = {"id": installation.id, "node_id": f"I_{installation.id}"}
        else:
            payload |= _BUILDERS[event](world, subject, **more)
        if event != "ping":
            payload["sender"] = shapes.user(world, sender)
        return world.hooks.make(app, event, payload)


def _hears(app: App, event: str, action: str | None, more: dict[str, Any]) -> bool:
    if action == "rerequested":
        return app is more["check"].app
    return event in app.events or event in _ALWAYS


def _pull_request(world: World, _where: Repository, pull: Pull, **more: Any) -> Shape:
    return {"number": pull.number, "pull_request": pull_shapes.pull(world, pull), **more}


def _review(world: World, _where: Repository, review: Review) -> Shape:
    shape = pull_shapes.review(world, review)
    shape["state"] = review.state.lower()
    return {"review": shape, "pull_request": pull_shapes.simple_pull(world, review.pull)}


def _review_comment(world: World, _where: Repository, comment: ReviewComment, **more: Any) -> Shape:
    shape = {"comment": pull_shapes.review_comment(world, comment)}
    return {**shape, "pull_request": pull_shapes.simple_pull(world, comment.pull), **_changed(more)}


def _issue_comment(world: World, _where: Repository, comment: Any, **more: Any) -> Shape:
    issue = _issue(world, comment.pull)
    return {"issue": issue, "comment": pull_shapes.issue_comment(world, comment), **_changed(more)}


def _changed(more: dict[str, Any]) -> Shape:
    return {"changes": {"body": {"from": more["before"]}}} if "before" in more else {}


def _thread(world: World, _where: Repository, thread: Thread) -> Shape:
    comments = [pull_shapes.review_comment(world, comment) for comment in thread.comments]
    shape = {"node_id": thread.node_id, "comments": comments}
    return {"thread": shape, "pull_request": pull_shapes.simple_pull(world, thread.pull)}


def _issue(world: World, pull: Pull) -> Shape:
    url = f"{world.url}/repos/{pull.repository.full_name}/issues/{pull.number}"
    page = pull_shapes.page_url(world, pull)
    same = ("number", "title", "user", "labels", "state", "locked", "assignee", "assignees", "milestone")
    also = (
        "created_at",
        "updated_at",
        "closed_at",
        "author_association",
        "active_lock_reason",
        "draft",
        "body",
    )
    shape = pull_shapes.simple_pull(world, pull)
    nothing: Comment | None = None
    return {
        "url": url,
        "repository_url": f"{world.url}/repos/{pull.repository.full_name}",
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "id": pull.id + 1_000_000,
        "node_id": f"PR_{pull.id}",
        "comments": len(pull.comments),
        "reactions": shapes.reactions(url, nothing),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": None,
        "state_reason": None,
        "pull_request": {
            **{name: shape[name] for name in ("url", "html_url", "diff_url", "patch_url", "merged_at")},
        },
        **{name: shape[name] for name in (*same, *also)},
    }


def _push(world: World, where: Repository, branch: str, before: str, after: str) -> Shape:
    store = where.store
    exists, existed = after != NOBODY, before != NOBODY
    made = [store.commit(after)] if exists else []
    if exists and existed and store.is_ancestor(before, after):
        made = store.commits(before, after)
    commits = [_commit(world, where, commit) for commit in made]
    return {
        "ref": f"refs/heads/{branch}",
        "before": before,
        "after": after,
        "created": not existed,
        "deleted": not exists,
        "forced": exists and existed and not store.is_ancestor(before, after),
        "base_ref": None,
        "compare": f"{world.url}/{where.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": where.owner.login, "email": f"{where.owner.login}@example.org"},
    }


def _commit(world: World, where: Repository, commit: Commit) -> Shape:
    person = {"name": commit.name, "email": commit.email}
    changed = dict.fromkeys(("added", "removed", "modified"))
    if commit.parents:
        files = where.store.diff(commit.parents[0], commit.sha)
        changed = {name: [f.path for f in files if f.status == name] for name in changed}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": commit.date,
        "url": f"{world.url}/{where.full_name}/commit/{commit.sha}",
        "author": person,
        "committer": person,
        **{name: paths or [] for name, paths in changed.items()},
    }


def _check_run(world: World, where: Repository, check: CheckRun) -> Shape:
    return {"check_run": {**shapes.check_run(world, check), "check_suite": _suite(world, where, check)}}


def _check_suite(world: World, where: Repository, check: CheckRun) -> Shape:
    suite = _suite(world, where, check)
    commit = where.store.commit(check.head_sha)
    person = {"name": commit.name, "email": commit.email}
    head = {"id": commit.sha, "tree_id": commit.tree, "message": commit.message, "timestamp": commit.date}
    more = {
        "latest_check_runs_count": 1,
        "check_runs_url": f"{suite['url']}/check-runs",
        "head_commit": {**head, "author": person, "committer": person},
    }
    return {"check_suite": {**suite, **more}}


def _suite(world: World, where: Repository, check: CheckRun) -> Shape:
    pulls = [pull for pull in where.pulls.values() if pull.head_sha == check.head_sha]
    return {
        "id": check.suite,
        "node_id": f"CS_{check.suite}",
        "head_branch": pulls[0].head if pulls else None,
        "head_sha": check.head_sha,
        "status": check.status,
        "conclusion": check.conclusion,
        "url": f"{world.url}/repos/{where.full_name}/check-suites/{check.suite}",
        "before": pulls[0].base_sha if pulls else None,
        "after": check.head_sha,
        "pull_requests": shapes.check_pulls(world, where, check.head_sha),
        "app": shapes.app(world, check.app),
        "created_at": when(check.created),
        "updated_at": when(check.updated),
    }


def _repository(world: World, _where: Repository, before: str = "", owner: User | None = None) -> Shape:
    """A repository was renamed, or transferred by its owner so far."""
    if owner is None:
        return {"changes": {"repository": {"name": {"from": before}}}}
    kind = "organization" if owner.kind == "Organization" else "user"
    return {"changes": {"owner": {"from": {kind: shapes.user(world, owner)}}}}


def _installation(world: World, it: Installation, **_more: Any) -> Shape:
    known = [shapes.short_repository(repository) for repository in it.repositories]
    return {"installation": shapes.installation(world, it), "repositories": known}


def _installation_repositories(
    world: World, it: Installation, added: list[Repository], removed: list[Repository]
) -> Shape:
    return {
        "installation": shapes.installation(world, it),
        "repository_selection": it.selection,
        "repositories_added": [shapes.short_repository(repository) for repository in added],
        "repositories_removed": [shapes.short_repository(repository) for repository in removed],
        "requester": None,
    }


def _ping(world: World, app: App) -> Shape:
    hook = {
        "type": "App",
        "id": app.id,
        "name": "web",
        "active": True,
        "app_id": app.id,
        "events": app.events,
        "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.webhook_url},
        "created_at": when(app.created),
        "updated_at": when(app.updated),
        "url": f"{world.url}/app/hook",
        "ping_url": f"{world.url}/app/hook/pings",
        "deliveries_url": f"{world.url}/app/hook/deliveries",
    }
    return {"zen": "Keep it logically awesome.", "hook_id": app.id, "hook": hook}


_BUILDERS: dict[str, Any] = {
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _review_comment,
    "pull_request_review_thread": _thread,
    "issue_comment": _issue_comment,
    "push": _push,
    "check_run": _check_run,
    "check_suite": _check_suite,
    "repository": _repository,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "ping": _ping,
}
