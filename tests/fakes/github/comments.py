"""Answers about inline comments, comments under a pull request, and reactions to both."""

from typing import Any

from tests.fakes.github import errors, placing, pull_shapes, shapes
from tests.fakes.github.model import Comment, IssueComment, Pull, Reaction, Review, ReviewComment, when
from tests.fakes.github.reviews import add_comment, begin_thread
from tests.fakes.github.routes import Answer, Request, route
from tests.fakes.github.shapes import Shape

_PULL = "/repos/{owner}/{repo}/pulls/{pull_number}/comments"
_INLINE = "/repos/{owner}/{repo}/pulls/comments/{comment_id}"
_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
_UNDER = "/repos/{owner}/{repo}/issues/comments/{comment_id}"
_WRITE = ("pull_requests:write", "issues:write")
_READ = ("pull_requests:read", "issues:read")
_PERMITTED = {"body", "commit_id", "path", "position", "side", "line", "start_line", "start_side"}


@route("GET", _PULL, "pull_requests:read")
def list_inline(request: Request) -> Answer:
    """All that is submitted: what stands in a pending review is seen only through the review."""
    found = [c for thread in request.pull.threads for c in thread.comments if not c.review.pending]
    return request.page(_since(request, sorted(found, key=lambda c: c.id)), pull_shapes.review_comment)


@route("GET", "/repos/{owner}/{repo}/pulls/comments", "pull_requests:read")
def list_all_inline(request: Request) -> Answer:
    """The comments on the diffs of all pull requests, but those in pending reviews."""
    found = [c for c in request.world.comments(request.repository) if isinstance(c, ReviewComment)]
    shown = [c for c in found if not c.review.pending]
    return request.page(_sorted(request, _since(request, shown)), pull_shapes.review_comment)


@route("GET", "/repos/{owner}/{repo}/issues/comments", *_READ)
def list_all_under(request: Request) -> Answer:
    found = [c for c in request.world.comments(request.repository) if isinstance(c, IssueComment)]
    return request.page(_sorted(request, _since(request, found)), pull_shapes.issue_comment)


@route("POST", _PULL, "pull_requests:write")
def create_inline(request: Request) -> Answer:
    """Make a comment with a review of its own, which is why a pending review stands in its way."""
    pull, body, world = request.pull, request.body, request.world
    text = request.text("body", "PullRequestReviewComment") or ""
    if "in_reply_to" in body:
        return _reply(request, pull, int(body["in_reply_to"]), text)
    _check_form(request)
    if any(it.pending and it.user is request.me for it in pull.reviews):
        raise errors.validation_failed(
            "PullRequestReview", "user_id", "user_id can only have one pending review per pull request"
        )
    if body["commit_id"] not in _commits(pull):
        raise errors.validation_failed(
            "PullRequestReviewComment", "commit_id", "commit_id is not part of the pull request"
        )
    found = placing.place(world, pull, body)
    if isinstance(found, list):
        raise errors.validation_failed(
            "PullRequestReviewComment",
            "pull_request_review_thread." + "_".join(found[0].split()[:1]),
            f"pull_request_review_thread.{found[0]}",
        )
    review = world.make(Review, pull, request.me, "", body["commit_id"])
    pull.reviews.append(review)
    comment = begin_thread(request, review, found, text)
    world.submit(review, "COMMENT", None)
    world.effect("review_comment.created", comment, body)
    return Answer(201, pull_shapes.review_comment(world, comment))


@route("POST", _PULL + "/{comment_id}/replies", "pull_requests:write")
def reply(request: Request) -> Answer:
    text = request.text("body", "PullRequestReviewComment") or ""
    return _reply(request, request.pull, request.number("comment_id"), text)


@route("GET", _INLINE, "pull_requests:read")
def get_inline(request: Request) -> Shape:
    return pull_shapes.review_comment(request.world, _inline(request))


@route("PATCH", _INLINE, "pull_requests:write")
def edit_inline(request: Request) -> Shape:
    comment = _inline(request)
    _edit(request, comment, "review_comment.edited")
    return pull_shapes.review_comment(request.world, comment)


@route("DELETE", _INLINE, "pull_requests:write")
def delete_inline(request: Request) -> Answer:
    comment = _inline(request)
    thread = comment.thread
    thread.comments.remove(comment)
    if not thread.comments:
        thread.pull.threads.remove(thread)
    return _deleted(request, comment, "review_comment.deleted")


@route("GET", _ISSUE, *_READ)
def list_under(request: Request) -> Answer:
    return request.page(_since(request, _issue(request).comments), pull_shapes.issue_comment)


@route("POST", _ISSUE, *_WRITE)
def create_under(request: Request) -> Answer:
    pull, world = _issue(request), request.world
    text = request.text("body", "IssueComment") or ""
    if not text.strip():
        raise errors.validation_failed("IssueComment", "data", "Body cannot be blank", "unprocessable")
    comment = world.make(IssueComment, request.me, text, request.app, pull=pull)
    pull.comments.append(comment)
    world.effect("issue_comment.created", comment, request.body)
    world.announce(comment, "created", request.me)
    return Answer(201, pull_shapes.issue_comment(world, comment))


@route("GET", _UNDER, *_READ)
def get_under(request: Request) -> Shape:
    return pull_shapes.issue_comment(request.world, _under(request))


@route("PATCH", _UNDER, *_WRITE)
def edit_under(request: Request) -> Shape:
    comment = _under(request)
    _edit(request, comment, "issue_comment.edited")
    return pull_shapes.issue_comment(request.world, comment)


@route("DELETE", _UNDER, *_WRITE)
def delete_under(request: Request) -> Answer:
    comment = _under(request)
    comment.pull.comments.remove(comment)
    return _deleted(request, comment, "issue_comment.deleted")


@route("GET", _INLINE + "/reactions", "pull_requests:read")
@route("GET", _UNDER + "/reactions", *_READ)
def list_reactions(request: Request) -> Answer:
    given = _any(request).reactions
    if "content" in request.query:
        given = [it for it in given if it.content == request.query["content"]]
    return request.page(given, shapes.reaction)


@route("POST", _INLINE + "/reactions", "pull_requests:write")
@route("POST", _UNDER + "/reactions", *_WRITE)
def react(request: Request) -> Answer:
    """A second reaction of the same kind is the first one again."""
    comment = _any(request)
    content = request.one_of("content", shapes.CONTENTS)
    if content is None:
        raise errors.invalid_request('"content" wasn\'t supplied.')
    for given in comment.reactions:
        if (given.user, given.content) == (request.me, content):
            return Answer(200, shapes.reaction(request.world, given))
    made = request.world.make(Reaction, request.me, content)
    comment.reactions.append(made)
    request.world.effect("reaction.created", made, request.body)
    return Answer(201, shapes.reaction(request.world, made))


@route("DELETE", _INLINE + "/reactions/{reaction_id}", "pull_requests:write")
@route("DELETE", _UNDER + "/reactions/{reaction_id}", *_WRITE)
def unreact(request: Request) -> Answer:
    comment, wanted = _any(request), request.number("reaction_id")
    for given in comment.reactions:
        if given.id == wanted and given.user is request.me:
            comment.reactions.remove(given)
            return Answer(204)
    raise errors.not_found()


def _check_form(request: Request) -> None:
    body = request.body
    missing = [f'"{name}" wasn\'t supplied.' for name in ("commit_id", "path") if name not in body]
    whole_file = request.one_of("subject_type", ("line", "file")) == "file"
    for name in ("line", "start_line", "position"):
        request.whole(name)
    request.one_of("side", ("LEFT", "RIGHT"))
    request.one_of("start_side", ("LEFT", "RIGHT", "side"))
    if not whole_file and "line" not in body and "position" not in body:
        missing += [
            '"position" wasn\'t supplied.',
            '"in_reply_to" wasn\'t supplied.',
            '"line" wasn\'t supplied.',
        ]
    missing += [
        f'"{name}" is not a permitted key.' for name in body if name not in _PERMITTED | {"subject_type"}
    ]
    if missing:
        raise errors.invalid_request('No subschema in "oneOf" matched.', *missing)


def _commits(pull: Pull) -> set[str]:
    made = pull.repository.store.commits(pull.base_sha, pull.head_sha)
    return {commit.sha for commit in made}


def _reply(request: Request, pull: Pull, comment_id: int, text: str) -> Answer:
    """Answer in a thread; only the thread's first comment can be replied to."""
    world = request.world
    for thread in pull.threads:
        first = thread.comments[0]
        if first.id == comment_id and not first.review.pending:
            review = world.make(Review, pull, request.me, "", pull.head_sha)
            pull.reviews.append(review)
            comment = add_comment(request, review, thread, text, first.id)
            world.submit(review, "COMMENT", None)
            world.effect("review_comment.created", comment, request.body)
            return Answer(201, pull_shapes.review_comment(world, comment))
    raise errors.not_found()


def _since(request: Request, comments: list[Any]) -> list[Any]:
    since = request.query.get("since")
    return [c for c in comments if since is None or (when(c.updated) or "") >= since]


def _sorted(request: Request, comments: list[Any]) -> list[Any]:
    """In the order asked for: by when they were made, or last changed; by default the newest first."""
    by = "updated" if request.query.get("sort") == "updated" else "created"
    down = request.query.get("direction", "desc") == "desc"
    return sorted(comments, key=lambda c: (getattr(c, by), c.id), reverse=down)


def _edit(request: Request, comment: Comment, effect: str) -> None:
    """Apps may edit only their own comments."""
    if comment.user is not request.me:
        raise errors.not_accessible()
    text = request.text("body", type(comment).__name__) or ""
    before, comment.body, comment.updated = comment.body, text, request.world.now()
    request.world.effect(effect, comment, request.body)
    request.world.announce(comment, "edited", request.me, before=before)


def _deleted(request: Request, comment: Comment, effect: str) -> Answer:
    request.world.effect(effect, comment)
    request.world.announce(comment, "deleted", request.me)
    return Answer(204)


def _any(request: Request) -> Comment:
    return _inline(request) if "/pulls/comments/" in request.template else _under(request)


def _inline(request: Request) -> ReviewComment:
    wanted = request.number("comment_id")
    for comment in request.world.comments(request.repository):
        if comment.id == wanted and isinstance(comment, ReviewComment):
            if comment.review.pending and comment.user is not request.me:
                break
            return comment
    raise errors.not_found()


def _under(request: Request) -> IssueComment:
    wanted = request.number("comment_id")
    for comment in request.world.comments(request.repository):
        if comment.id == wanted and isinstance(comment, IssueComment):
            return comment
    raise errors.not_found()


def _issue(request: Request) -> Pull:
    pull = request.repository.pulls.get(request.number("issue_number"))
    if pull is None:
        raise errors.not_found()
    return pull
