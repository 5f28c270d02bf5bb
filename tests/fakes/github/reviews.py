"""Answers about reviews: at most one that is pending for each user, submitted once."""

from collections.abc import Mapping
from typing import Any

from tests.fakes.github import errors, placing, pull_shapes
from tests.fakes.github.model import Place, Pull, Review, ReviewComment, Thread
from tests.fakes.github.routes import Answer, Request, route
from tests.fakes.github.shapes import Shape

_ROOT = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"
_ONE = _ROOT + "/{review_id}"
_EVENTS = ("APPROVE", "REQUEST_CHANGES", "COMMENT")
ONLY_ONE = "User can only have one pending review per pull request"


@route("GET", _ROOT, "pull_requests:read")
def list_reviews(request: Request) -> Answer:
    """Oldest first; only its author sees a pending review."""
    visible = [it for it in request.pull.reviews if not it.pending or it.user is request.me]
    return request.page(visible, pull_shapes.review)


@route("POST", _ROOT, "pull_requests:write")
def create_review(request: Request) -> Shape:
    pull, body = request.pull, request.body
    event = request.one_of("event", _EVENTS)
    text = request.text("body", "PullRequestReview", required=False) or ""
    wanted = body.get("comments") or []
    for comment in wanted:
        if problems := placing.form(comment):
            raise errors.invalid_request('No subschema in "oneOf" matched.', *problems)
        if len(comment["body"]) > 65_536:
            raise errors.too_long("PullRequestReviewComment")
    if any(it.pending and it.user is request.me for it in pull.reviews):
        raise errors.unprocessable(ONLY_ONE)
    places = [_place(request, pull, comment) for comment in wanted]
    commit_id = _commit(request, pull)
    _check_event(request, pull, event, text, bool(wanted))
    review = request.world.make(Review, pull, request.me, text, commit_id)
    pull.reviews.append(review)
    for comment, place in zip(wanted, places, strict=True):
        begin_thread(request, review, place, comment["body"])
    request.world.effect("review.created", review, body)
    if event:
        request.world.submit(review, event, None)
        request.world.effect("review.submitted", review, body)
    return pull_shapes.review(request.world, review)


@route("GET", _ONE, "pull_requests:read")
def get_review(request: Request) -> Shape:
    return pull_shapes.review(request.world, _review(request))


@route("PUT", _ONE, "pull_requests:write")
def update_review(request: Request) -> Shape:
    review = _own(request)
    text = request.text("body", "PullRequestReview") or ""
    if not text.strip():
        raise errors.unprocessable("Body can't be blank")
    review.body, review.updated = text, request.world.now()
    request.world.effect("review.edited", review, request.body)
    return pull_shapes.review(request.world, review)


@route("DELETE", _ONE, "pull_requests:write")
def delete_review(request: Request) -> Shape:
    review = _own(request)
    if not review.pending:
        raise errors.unprocessable("Can not delete a non-pending pull request review")
    review.pull.reviews.remove(review)
    for thread in list(review.pull.threads):
        thread.comments = [comment for comment in thread.comments if comment.review is not review]
        if not thread.comments:
            review.pull.threads.remove(thread)
    request.world.effect("review.deleted", review)
    return pull_shapes.review(request.world, review)


@route("POST", _ONE + "/events", "pull_requests:write")
def submit_review(request: Request) -> Shape:
    review = _own(request)
    event = request.one_of("event", _EVENTS)
    if event is None:
        raise errors.invalid_request('"event" wasn\'t supplied.')
    text = request.text("body", "PullRequestReview", required=False)
    if not review.pending:
        raise errors.unprocessable("Can not submit a non-pending pull request review")
    inline = any(comment.review is review for thread in review.pull.threads for comment in thread.comments)
    _check_event(request, review.pull, event, review.body if text is None else text, inline)
    request.world.submit(review, event, text)
    request.world.effect("review.submitted", review, request.body)
    return pull_shapes.review(request.world, review)


@route("GET", _ONE + "/comments", "pull_requests:read")
def list_comments(request: Request) -> Answer:
    review = _review(request)
    found = [c for thread in review.pull.threads for c in thread.comments if c.review is review]
    return request.page(found, pull_shapes.review_comment)


def begin_thread(request: Request, review: Review, place: Place, text: str) -> ReviewComment:
    """Add a thread with its first comment."""
    world, pull = request.world, review.pull
    thread = world.make(Thread, pull, place, place)
    pull.threads.append(thread)
    return add_comment(request, review, thread, text, None)


def add_comment(
    request: Request, review: Review, thread: Thread, text: str, in_reply_to: int | None
) -> ReviewComment:
    comment = request.world.make(
        ReviewComment,
        request.me,
        text,
        request.app,
        thread=thread,
        review=review,
        commit_id=thread.pull.head_sha,
        original_commit_id=review.commit_id,
        in_reply_to=in_reply_to,
    )
    thread.comments.append(comment)
    return comment


def _place(request: Request, pull: Pull, comment: Mapping[str, Any]) -> Place:
    found = placing.place(request.world, pull, comment)
    if isinstance(found, list):
        raise errors.unprocessable(placing.sentence(found))
    return found


def _commit(request: Request, pull: Pull) -> str:
    """Return the reviewed commit: one of the pull request's."""
    wanted = request.body.get("commit_id")
    if wanted is None or wanted == pull.head_sha:
        return pull.head_sha
    store = pull.repository.store
    known = {made.sha for made in store.commits(pull.base_sha, pull.head_sha)}
    if wanted not in known:
        raise errors.unprocessable("The commit_id is not part of the pull request")
    return str(wanted)


def _check_event(request: Request, pull: Pull, event: str | None, text: str, inline: bool) -> None:
    if event in {"APPROVE", "REQUEST_CHANGES"} and pull.user is request.me:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise errors.unprocessable(f"Can not {verb} your own pull request")
    blank = not text.strip()
    if blank and (event == "REQUEST_CHANGES" or (event == "COMMENT" and not inline)):
        raise errors.unprocessable("Body can't be blank")


def _review(request: Request) -> Review:
    wanted = request.number("review_id")
    for review in request.pull.reviews:
        if review.id == wanted and (not review.pending or review.user is request.me):
            return review
    raise errors.not_found()


def _own(request: Request) -> Review:
    review = _review(request)
    if review.user is not request.me:
        raise errors.not_accessible()
    return review
