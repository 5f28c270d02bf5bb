"""Saying on a pull request what a round found: each thing once, whatever crashes in between.

A review is created pending, which a host allows once per author, and then submitted; a marker in its body
tells whose it is. Looking for the marker before creating is not enough where lists lag and answers are lost;
the host's own "one pending review" is what makes it once.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from time import sleep

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.publication_check import may_ask
from bot.errors import TransientError
from bot.ports.code_host import CheckOutput, CodeHost, HostRepository, InlineComment, PendingReviewTakenError
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import LIST_LAG, SupersededError, insist

# Whoever publishes next on a pull request deletes what is pending; each of them is done after one of these.
_MOST_DELETED = 5
# A comment that is not listed by then was deleted.
_MOST_LOOKS = 5
PENDING = "PENDING"
_SIDES = {"head": "RIGHT", "base": "LEFT"}


@dataclass(frozen=True)
class HostedHead:
    """A pull request at one head, as the host has it."""

    repository: HostRepository
    number: int
    head: str


class StillWanted(StrEnum):
    """Whether something is to be said: it is; not now; not any more."""

    YES = "yes"
    SILENT = "silent"
    OVER = "over"


@dataclass(frozen=True)
class ReviewDraft:
    """A review to be: ``body`` makes its text, given the questions that fit no line.

    ``questions`` and ``inline``, those of them that fit one, come from a step's record. ``wanted`` says
    whether it still is, ``noted`` keeps the id of what everybody sees now, ``others`` are something else.
    """

    marker: str
    body: Callable[[Sequence[AskedQuestion]], str]
    questions: Sequence[int]
    inline: Sequence[int]
    wanted: Callable[[], StillWanted]
    noted: Callable[[Tx, int], None]
    others: Callable[[], Collection[int]]


NOTHING: Json = {"outcome": "done", "review": None}


@dataclass(frozen=True)
class ReviewPoster:
    """Publishes through a host."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def review(self, steps: Steps, where: Callable[[], HostedHead], draft: ReviewDraft) -> Json:
        """Publish one review with the questions that fit a line, the rest in its body.

        Returns ``outcome``; once it is published ``review``, and in ``asked`` how many questions are in it.
        """
        for attempt in range(_MOST_DELETED):
            published = self._try(steps, where, draft, attempt)
            if published["outcome"] != "deleted":
                return published
        return {"outcome": "stop", "why": "Somebody deletes the App's pending reviews."}

    def _try(self, steps: Steps, where: Callable[[], HostedHead], draft: ReviewDraft, attempt: int) -> Json:
        inline = draft.inline
        made = insist(steps, f"pending.{attempt}", lambda: self._pending(where(), draft, draft.inline))
        if made["outcome"] == "rejected" and inline:
            # The host's diff is not ours: what it does not take on a line goes into the body.
            inline = []
            made = insist(steps, f"plain.{attempt}", lambda: self._pending(where(), draft, []))
        if made["outcome"] != "done":
            return made
        review = made["review"]
        if review is None:
            return NOTHING
        done = insist(steps, f"submit.{attempt}", lambda: self._submit(where(), review, draft))
        if done["outcome"] != "done":
            return done
        if done["there"] is None:
            return NOTHING
        if not done["there"]:
            return {"outcome": "deleted"}
        # Before anything else can fail: whoever comes later must know of it.
        said = steps.tx("said", lambda tx: self._said(tx, draft, review, inline))
        placed = self._place(steps, where, review, said.get("inline", inline))
        return {"review": review, "asked": said["asked"], **placed}

    def _pending(self, where: HostedHead, draft: ReviewDraft, inline: Sequence[int]) -> Json:
        found = self._find(where, draft)
        if found is not None:
            return {"review": found}
        wanted = draft.wanted()
        if wanted is not StillWanted.YES:
            sleep(LIST_LAG)  # an earlier try may have made one whose answer was lost
            self._clear(where, lambda body: bears(body, draft.marker))
        if wanted is StillWanted.OVER:
            raise SupersededError
        if wanted is StillWanted.SILENT:
            return {"review": None}
        questions = self._rows(draft.questions)
        body = draft.body([one for one in questions if one.id not in inline])
        try:
            made = self.host.create_pending_review(
                where.repository,
                where.number,
                where.head,
                body,
                [_comment(one) for one in questions if one.id in inline],
            )
        except PendingReviewTakenError:
            # Ours, whose answer was lost or that the list did not show; or one of a round that is over.
            sleep(LIST_LAG)
            found = self._find(where, draft)
            if found is not None:
                return {"review": found}
            self._clear(where, lambda body: not bears(body, draft.marker))
            raise TransientError("A pending review of an earlier round was in the way.", 0.5) from None
        return {"review": made}

    def _rows(self, questions: Sequence[int]) -> list[AskedQuestion]:
        with self.store.begin() as tx:
            found = [tx.questions.get(each) for each in questions]
            return [one for one in found if one is not None and may_be_asked(tx, one)]

    def _find(self, where: HostedHead, draft: ReviewDraft) -> int | None:
        others = draft.others()
        reviews = self.host.reviews(where.repository, where.number)
        return next(
            (
                one.id
                for one in reviews
                if one.ours and one.id not in others and bears(one.body, draft.marker)
            ),
            None,
        )

    def _clear(self, where: HostedHead, which: Callable[[str], bool]) -> None:
        """Delete pending reviews of ours, by their bodies: nobody sees them, and they would stay."""
        for one in self.host.reviews(where.repository, where.number):
            if one.ours and one.state == PENDING and which(one.body):
                self.host.delete_pending_review(where.repository, where.number, one.id)

    def _submit(self, where: HostedHead, review: int, draft: ReviewDraft) -> Json:
        """Show a review. ``there``: False if somebody has deleted it, None if it is not to be shown now."""
        wanted = draft.wanted()
        if wanted is StillWanted.YES:
            return {"there": self.host.submit_review(where.repository, where.number, review)}
        if not self.host.delete_pending_review(where.repository, where.number, review):
            return {"there": True}  # an earlier try has shown it, and its answer was lost
        if wanted is StillWanted.OVER:
            raise SupersededError
        return {"there": None}

    def _said(self, tx: Tx, draft: ReviewDraft, review: int, inline: Sequence[int]) -> Json:
        """Note what everybody sees now: the review, and each question in it, on its line or in the body."""
        draft.noted(tx, review)
        rows = [one for one in map(tx.questions.get, draft.questions) if one]
        asked = [one.id for one in rows if may_be_asked(tx, one)]
        for one in rows:
            if one.id in asked:
                tx.questions.asked(one.id, self.now(), inline=one.id in inline)
            else:
                tx.questions.set(one.id, QuestionState.WITHDRAWN, self.now())
        return {"asked": len(asked), "inline": [number for number in inline if number in asked]}

    def _place(
        self, steps: Steps, where: Callable[[], HostedHead], review: int, inline: Sequence[int]
    ) -> Json:
        """Note which comment each question is; one that is not there was deleted by somebody."""
        missing = list(inline)
        for look in range(_MOST_LOOKS):
            if not missing:
                break
            if look:
                steps.sleep("comments", LIST_LAG)
            found = insist(steps, f"comments.{look}", partial(self._comments, where, review, missing))
            if found["outcome"] != "done":
                return found
            steps.tx(f"placed.{look}", partial(_placed, comments=found["comments"]))
            missing = [number for number in missing if str(number) not in found["comments"]]
        return {"outcome": "done"}

    def _comments(self, where: Callable[[], HostedHead], review: int, questions: Sequence[int]) -> Json:
        """Return which comment each question is, by its marker."""
        at = where()
        posted = self.host.review_comments(at.repository, at.number, review)
        found = {
            str(number): comment.id
            for number in questions
            for comment in posted
            if bears(comment.body, github_posts.question_marker(number))
        }
        return {"comments": found}

    def check(self, where: HostedHead, external_id: str, output: CheckOutput) -> Json:
        """Create a round's check run, or find the one that an earlier try has made."""
        made = self.begun_check(lambda: where, external_id)
        if made is None:
            with self.store.begin() as tx:
                tx.effects.begin(_check_of(external_id), self.now())
            made = self.host.create_check(where.repository, where.head, external_id, output)
        with self.store.begin() as tx:
            tx.effects.done(_check_of(external_id), str(made), self.now())
        return {"check": made}

    def begun_check(self, where: Callable[[], HostedHead], external_id: str) -> int | None:
        """Return a round's check run, if an earlier try has made it, whether or not its answer arrived."""
        with self.store.begin() as tx:
            tried, known = tx.effects.of(_check_of(external_id))
        if known is not None or not tried:
            return int(known) if known else None
        sleep(LIST_LAG)  # its answer was lost, and the list may lag behind it
        at = where()
        return self.host.find_check(at.repository, at.head, external_id)

    def conclude(self, repository: HostRepository, check: int, output: CheckOutput) -> Json:
        """Say in the check run how it ended."""
        self.host.update_check(repository, check, output)
        return {}


def may_be_asked(tx: Tx, asked: AskedQuestion) -> bool:
    """Say whether a question that was kept may still be asked, whoever wrote it into the database."""
    return may_ask(asked.text, asked.path, asked.quote, tx.rounds.get(asked.round).report)


def _check_of(external_id: str) -> str:
    return f"check:{external_id}"


def _placed(tx: Tx, comments: Json) -> Json:
    for number, comment in comments.items():
        tx.questions.placed(int(number), comment)
    return {}


def bears(body: str, marker: str) -> bool:
    """Say whether a text is the marked one: a marker is its last line, whatever stands above it."""
    return body.rstrip().endswith(marker)


def _comment(asked: AskedQuestion) -> InlineComment:
    several = asked.line_start < asked.line_end
    return InlineComment(
        path=asked.path,
        side="RIGHT" if asked.side == "head" else "LEFT",
        line=asked.line_end,
        body=github_posts.question(asked),
        start_line=asked.line_start if several else None,
    )
