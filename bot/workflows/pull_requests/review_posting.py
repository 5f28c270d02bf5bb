"""Posting a round's review on a pull request exactly once, even after a crash.

Sensei creates a pending review and then submits it. A marker in its body identifies its round. Looking for
the marker first is not enough, since GitHub's lists lag and responses get lost. There is never a second
review because GitHub allows only one pending review per author.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from time import sleep

from bot.domain.decisions.drift_wording import remove_title
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.publication_check import is_question_allowed
from bot.errors import TransientError
from bot.ports.code_host import CheckOutput, CodeHost, HostRepository, InlineComment, PendingReviewTakenError
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import LIST_LAG, SupersededError, insist
from bot.workflows.pull_requests.visible_questions import is_private

# Each other round that publishes on the pull request may delete the pending review once.
_MOST_DELETED = 5
# If GitHub still doesn't list a comment after this many checks, it was deleted.
_MOST_LOOKS = 5
PENDING = "PENDING"
_SIDES = {"head": "RIGHT", "base": "LEFT"}


@dataclass(frozen=True)
class HostedHead:
    """A pull request at the code host, at one commit."""

    repository: HostRepository
    number: int
    head: str


class StillWanted(StrEnum):
    """Whether to post: yes, not now (``SILENT``) or never (``OVER``)."""

    YES = "yes"
    SILENT = "silent"
    OVER = "over"


@dataclass(frozen=True)
class ReviewDraft:
    """A review to post.

    ``body`` returns its text, given the questions without a line in the diff. ``questions`` and ``inline``
    (those with a line) come from a step's record. ``check_wanted`` says whether to post it still;
    ``record_published`` stores its id once everyone can see it. ``other_reviews`` are the ids of the App's
    other reviews.
    """

    marker: str
    body: Callable[[Sequence[AskedQuestion]], str]
    questions: Sequence[int]
    inline: Sequence[int]
    check_wanted: Callable[[], StillWanted]
    record_published: Callable[[Tx, int], None]
    other_reviews: Callable[[], Collection[int]]
    hear_commands: Callable[[HostRepository], None]
    """Carries out what people have commanded meanwhile; called before anyone can see the review."""


NOTHING_POSTED: Json = {"outcome": "done", "review": None}


@dataclass(frozen=True)
class ReviewPoster:
    """Posts reviews and check runs through a code host."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def review(self, steps: Steps, locate_head: Callable[[], HostedHead], draft: ReviewDraft) -> Json:
        """Publish one review, with questions as comments on lines of the diff, or else in its body.

        Returns ``outcome``, and once it is published ``review``, its id, and ``asked``, how many questions
        are in it.
        """
        for attempt in range(_MOST_DELETED):
            published = self._try_review(steps, locate_head, draft, attempt)
            if published["outcome"] != "deleted":
                return published
        return {"outcome": "stop", "why": "Someone keeps deleting the App's pending reviews."}

    def _try_review(
        self, steps: Steps, locate_head: Callable[[], HostedHead], draft: ReviewDraft, attempt: int
    ) -> Json:
        inline = draft.inline
        created = insist(
            steps, f"pending.{attempt}", lambda: self._create_pending(locate_head(), draft, draft.inline)
        )
        if created["outcome"] == "rejected" and inline:
            # GitHub's diff differs from Sensei's: a question goes into the body if GitHub refuses its line.
            inline = []
            created = insist(
                steps, f"plain.{attempt}", lambda: self._create_pending(locate_head(), draft, [])
            )
        if created["outcome"] != "done":
            return created
        review = created["review"]
        if review is None:
            return NOTHING_POSTED
        submitted = insist(steps, f"submit.{attempt}", lambda: self._submit(locate_head(), review, draft))
        if submitted["outcome"] != "done":
            return submitted
        if submitted["there"] is None:
            return NOTHING_POSTED
        if not submitted["there"]:
            return {"outcome": "deleted"}
        # Store this before anything else can fail, because later rounds must know.
        stored = steps.tx("said", lambda tx: self._store_published(tx, draft, review, inline))
        placed = self._store_comments(steps, locate_head, review, stored.get("inline", inline))
        return {"review": review, "asked": stored["asked"], **placed}

    def _create_pending(self, head: HostedHead, draft: ReviewDraft, inline: Sequence[int]) -> Json:
        found = self._find_review(head, draft)
        if found is not None:
            return {"review": found}
        wanted = draft.check_wanted()
        if wanted is not StillWanted.YES:
            sleep(LIST_LAG)  # an earlier attempt may have created one without receiving the response
            self._delete_pending(head, lambda body: bears_marker(body, draft.marker))
        if wanted is StillWanted.OVER:
            raise SupersededError
        if wanted is StillWanted.SILENT:
            return {"review": None}
        questions = self._load_questions(draft.questions)
        body = draft.body([question for question in questions if question.id not in inline])
        try:
            created = self.host.create_pending_review(
                head.repository,
                head.number,
                head.head,
                body,
                [_inline_comment(question) for question in questions if question.id in inline],
            )
        except PendingReviewTakenError:
            # It is either this review (the response was lost, or the list lagged), or one of a round that has
            # ended.
            sleep(LIST_LAG)
            found = self._find_review(head, draft)
            if found is not None:
                return {"review": found}
            self._delete_pending(head, lambda body: not bears_marker(body, draft.marker))
            raise TransientError("A pending review from an earlier round blocked this one.", 0.5) from None
        return {"review": created}

    def _load_questions(self, questions: Sequence[int]) -> list[AskedQuestion]:
        with self.store.read() as tx:
            found = [tx.questions.get(number) for number in questions]
            return [question for question in found if question is not None and may_be_asked(tx, question)]

    def _find_review(self, head: HostedHead, draft: ReviewDraft) -> int | None:
        others = draft.other_reviews()
        reviews = self.host.reviews(head.repository, head.number)
        return next(
            (
                review.id
                for review in reviews
                if review.ours and review.id not in others and bears_marker(review.body, draft.marker)
            ),
            None,
        )

    def _delete_pending(self, head: HostedHead, matches: Callable[[str], bool]) -> None:
        """Delete Sensei's pending reviews whose body matches. Nobody can see them, but they'd remain."""
        for review in self.host.reviews(head.repository, head.number):
            if review.ours and review.state == PENDING and matches(review.body):
                self.host.delete_pending_review(head.repository, head.number, review.id)

    def _submit(self, head: HostedHead, review: int, draft: ReviewDraft) -> Json:
        """Submit a review. ``there`` is False if someone deleted it, None if it must not be shown now."""
        draft.hear_commands(head.repository)
        wanted = draft.check_wanted()
        if wanted is StillWanted.YES:
            return {"there": self.host.submit_review(head.repository, head.number, review)}
        if not self.host.delete_pending_review(head.repository, head.number, review):
            return {"there": True}  # an earlier attempt submitted it without receiving the response
        if wanted is StillWanted.OVER:
            raise SupersededError
        return {"there": None}

    def _store_published(self, tx: Tx, draft: ReviewDraft, review: int, inline: Sequence[int]) -> Json:
        """Store what is now published: the review, and each question on its line or in the body."""
        draft.record_published(tx, review)
        questions = [question for question in map(tx.questions.get, draft.questions) if question]
        asked = [question.id for question in questions if may_be_asked(tx, question)]
        for question in questions:
            if question.id in asked:
                tx.questions.mark_asked(question.id, self.now(), inline=question.id in inline)
            else:
                tx.questions.set_state(question.id, QuestionState.WITHDRAWN, self.now())
        return {"asked": len(asked), "inline": [number for number in inline if number in asked]}

    def _store_comments(
        self, steps: Steps, locate_head: Callable[[], HostedHead], review: int, inline: Sequence[int]
    ) -> Json:
        """Store each question's comment; if one is missing, someone deleted it."""
        missing = list(inline)
        for look in range(_MOST_LOOKS):
            if not missing:
                break
            if look:
                steps.sleep("comments", LIST_LAG)
            found = insist(
                steps, f"comments.{look}", partial(self._find_comments, locate_head, review, missing)
            )
            if found["outcome"] != "done":
                return found
            steps.tx(f"placed.{look}", partial(_place_questions, comments=found["comments"]))
            missing = [number for number in missing if str(number) not in found["comments"]]
        return {"outcome": "done"}

    def _find_comments(
        self, locate_head: Callable[[], HostedHead], review: int, questions: Sequence[int]
    ) -> Json:
        """Return each question's comment, found by its marker."""
        head = locate_head()
        posted = self.host.review_comments(head.repository, head.number, review)
        found = {
            str(number): comment.id
            for number in questions
            for comment in posted
            if bears_marker(comment.body, github_posts.question_marker(number))
        }
        return {"comments": found}

    def check(self, head: HostedHead, external_id: str, output: CheckOutput) -> Json:
        """Create a round's check run, or find the one that an earlier attempt created."""
        check = self.find_begun_check(lambda: head, external_id)
        if check is None:
            with self.store.begin() as tx:
                tx.effects.begin(_check_key(external_id), self.now())
            check = self.host.create_check(head.repository, head.head, external_id, output)
        with self.store.begin() as tx:
            tx.effects.finish(_check_key(external_id), str(check), self.now())
        return {"check": check}

    def find_begun_check(self, locate_head: Callable[[], HostedHead], external_id: str) -> int | None:
        """Return the check run that an earlier attempt created, even if the response was lost; else None."""
        with self.store.read() as tx:
            was_tried, known = tx.effects.find(_check_key(external_id))
        if known is not None or not was_tried:
            return int(known) if known else None
        sleep(LIST_LAG)  # GitHub's response was lost, and its list may lag
        head = locate_head()
        return self.host.find_check(head.repository, head.head, external_id)

    def conclude(self, repository: HostRepository, check: int, output: CheckOutput) -> Json:
        """Complete a check run."""
        self.host.update_check(repository, check, output)
        return {}


def may_be_asked(tx: Tx, asked: AskedQuestion) -> bool:
    """Return whether a stored question may be asked here, without trusting what is in its row.

    One about a private decision never may. A decision's title is its author's text. A sensei words a question
    as they like.
    """
    if is_private(tx, asked):
        return False
    if asked.original_text is not None:
        return True
    text = remove_title(asked.text) if tx.decisions.drifted(asked.id) else asked.text
    return is_question_allowed(text, asked.path, asked.quote, tx.rounds.get(asked.require_round()).report)


def mark_key(round_: str) -> str:
    """Return the key of the effect that a round's check run says that a sensei has read."""
    return f"read:{round_}"


def _check_key(external_id: str) -> str:
    return f"check:{external_id}"


def _place_questions(tx: Tx, comments: Json) -> Json:
    for number, comment in comments.items():
        tx.questions.set_comment(int(number), comment)
    return {}


def bears_marker(body: str, marker: str) -> bool:
    """Return whether a body has a marker. Only its last line counts."""
    return body.rstrip().endswith(marker)


def _inline_comment(asked: AskedQuestion) -> InlineComment:
    spans_lines = asked.line_start < asked.line_end
    return InlineComment(
        path=asked.path,
        side="RIGHT" if asked.side == "head" else "LEFT",
        line=asked.line_end,
        body=github_posts.question(asked),
        start_line=asked.line_start if spans_lines else None,
    )
