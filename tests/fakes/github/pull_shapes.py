"""How pull requests, reviews and comments look as JSON, in REST and in webhooks alike."""

from typing import Any

from tests.fakes.github import shapes
from tests.fakes.github.model import IssueComment, Pull, Repository, Review, ReviewComment, when
from tests.fakes.github.shapes import Shape
from tests.fakes.github.store import Commit, File
from tests.fakes.github.world import World


def pull_url(world: World, it: Pull) -> str:
    return f"{world.url}/repos/{it.repository.full_name}/pulls/{it.number}"


def page_url(world: World, it: Pull) -> str:
    return f"{world.url}/{it.repository.full_name}/pull/{it.number}"


def _end(world: World, ref: str, sha: str, it: Repository) -> Shape:
    return {
        "label": f"{it.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": shapes.user(world, it.owner),
        "repo": shapes.repository(world, it),
    }


def simple_pull(world: World, it: Pull) -> Shape:
    url, page = pull_url(world, it), page_url(world, it)
    issue = url.replace("/pulls/", "/issues/")
    statuses = f"{world.url}/repos/{it.repository.full_name}/statuses/{it.head_sha}"
    urls = {
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{url.rpartition('/')[0]}/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses,
    }
    return {
        "url": url,
        "id": it.id,
        "node_id": f"PR_{it.id}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url": address for name, address in urls.items()},
        "number": it.number,
        "state": it.state,
        "locked": False,
        "title": it.title,
        "user": shapes.user(world, it.user),
        "body": it.body,
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "closed_at": when(it.closed),
        "merged_at": when(it.merged),
        "merge_commit_sha": it.merge_sha,
        "assignee": None,
        **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams", "labels")},
        "milestone": None,
        "draft": it.draft,
        "head": _end(world, it.head, it.head_sha, it.head_repository),
        "base": _end(world, it.base, it.base_sha, it.repository),
        "_links": {"self": {"href": url}, **{name: {"href": address} for name, address in urls.items()}},
        "author_association": shapes.association(it.repository, it.user),
        "auto_merge": None,
        "active_lock_reason": None,
    }


def pull(world: World, it: Pull) -> Shape:
    files = world.files(it)
    return {
        **simple_pull(world, it),
        "merged": it.merged is not None,
        "mergeable": None if it.closed else True,
        "rebaseable": None if it.closed else True,
        "mergeable_state": "unknown" if it.closed else "clean",
        "merged_by": shapes.user(world, it.merged_by) if it.merged_by else None,
        "comments": len(it.comments),
        "review_comments": sum(not c.review.pending for t in it.threads for c in t.comments),
        "maintainer_can_modify": False,
        "commits": len(it.repository.store.commits(it.base_sha, it.head_sha)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def files(world: World, it: Pull) -> list[Shape]:
    """At most 3,000 files; what is too big, alone or after the others, has no patch."""
    found, spent = [], 0
    for file in world.files(it)[: world.file_limit]:
        lines = file.patch.count("\n") + 1 if file.patch else 0
        spent += lines
        found.append(_file(world, it, file, bool(lines) and spent <= world.patch_limit))
    return found


def _file(world: World, it: Pull, file: File, patched: bool) -> Shape:
    page = f"{world.url}/{it.repository.full_name}"
    url = f"{world.url}/repos/{it.repository.full_name}/contents/{file.path}?ref={it.head_sha}"
    shape = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page}/blob/{it.head_sha}/{file.path}",
        "raw_url": f"{page}/raw/{it.head_sha}/{file.path}",
        "contents_url": url,
    }
    if patched:
        shape["patch"] = file.patch
    if file.previous is not None:
        shape["previous_filename"] = file.previous
    return shape


def commit(world: World, it: Repository, made: Commit) -> Shape:
    url = f"{world.url}/repos/{it.full_name}/commits/{made.sha}"
    page = f"{world.url}/{it.full_name}/commit/"
    person = {"name": made.name, "email": made.email, "date": made.date}
    tree = {"sha": made.tree, "url": f"{world.url}/repos/{it.full_name}/git/trees/{made.tree}"}
    verification = {"verified": False, "reason": "unsigned", "signature": None, "payload": None}
    git = {
        "author": person,
        "committer": person,
        "message": made.message,
        "tree": tree,
        "url": url.replace("/commits/", "/git/commits/"),
        "comment_count": 0,
        "verification": {**verification, "verified_at": None},
    }
    return {
        "sha": made.sha,
        "node_id": f"C_{made.sha}",
        "commit": git,
        "url": url,
        "html_url": page + made.sha,
        "comments_url": f"{url}/comments",
        "author": None,
        "committer": None,
        "parents": [
            {"sha": sha, "url": url.replace(made.sha, sha), "html_url": page + sha} for sha in made.parents
        ],
    }


def listed_commit(world: World, it: Repository, made: Commit) -> Shape:
    """Return a commit as lists show it: with the account whose no-reply address its author used."""
    number = made.email.partition("+")[0]
    author = next((user for user in world.users.values() if str(user.id) == number), None)
    return {**commit(world, it, made), "author": shapes.user(world, author) if author else None}


def review(world: World, it: Review) -> Shape:
    page = f"{page_url(world, it.pull)}#pullrequestreview-{it.id}"
    shape = {
        "id": it.id,
        "node_id": f"PRR_{it.id}",
        "user": shapes.user(world, it.user),
        "body": it.body,
        "state": it.state,
        "html_url": page,
        "pull_request_url": pull_url(world, it.pull),
        "author_association": shapes.association(it.pull.repository, it.user),
        "_links": {"html": {"href": page}, "pull_request": {"href": pull_url(world, it.pull)}},
        "commit_id": it.commit_id,
    }
    return shape if it.pending else {**shape, "submitted_at": when(it.submitted)}


def review_comment(world: World, it: ReviewComment) -> Shape:
    repository, thread = it.pull.repository, it.thread
    url = f"{world.url}/repos/{repository.full_name}/pulls/comments/{it.id}"
    page = f"{page_url(world, it.pull)}#discussion_r{it.id}"
    now, then = thread.place, thread.original
    whole = then.line is None
    shape: dict[str, Any] = {
        "url": url,
        "pull_request_review_id": it.review.id,
        "id": it.id,
        "node_id": f"PRRC_{it.id}",
        "diff_hunk": then.hunk,
        "path": then.path,
        "position": 1 if whole and now else now.position if now else None,
        "original_position": 1 if whole else then.position,
        "commit_id": it.commit_id,
        "original_commit_id": it.original_commit_id,
        "user": shapes.user(world, it.user),
        "body": it.body,
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "html_url": page,
        "pull_request_url": pull_url(world, it.pull),
        "author_association": shapes.association(repository, it.user),
        "_links": {
            "self": {"href": url},
            "html": {"href": page},
            "pull_request": {"href": pull_url(world, it.pull)},
        },
        "reactions": shapes.reactions(url, it),
        "start_line": now.start_line if now else None,
        "original_start_line": then.start_line,
        "start_side": then.start_side,
        "line": 1 if whole and now else now.line if now else None,
        "original_line": 1 if whole else then.line,
        "side": then.side,
        "subject_type": "file" if whole else "line",
    }
    return shape if it.in_reply_to is None else {**shape, "in_reply_to_id": it.in_reply_to}


def issue_comment(world: World, it: IssueComment) -> Shape:
    repository = it.pull.repository
    url = f"{world.url}/repos/{repository.full_name}/issues/comments/{it.id}"
    return {
        "url": url,
        "html_url": f"{page_url(world, it.pull)}#issuecomment-{it.id}",
        "issue_url": pull_url(world, it.pull).replace("/pulls/", "/issues/"),
        "id": it.id,
        "node_id": f"IC_{it.id}",
        "user": shapes.user(world, it.user),
        "created_at": when(it.created),
        "updated_at": when(it.updated),
        "author_association": shapes.association(repository, it.user),
        "body": it.body,
        "reactions": shapes.reactions(url, it),
        "performed_via_github_app": shapes.app(world, it.app) if it.app else None,
    }
