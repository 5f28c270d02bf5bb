"""Saying on a pull request what a round found: each thing once, whatever crashes in between.

A review is created pending, which a host allows once per author, and then submitted; a marker in its body
tells whose it is. Looking for the marker before creating is not enough where lists lag and answers are lost;
the host's own "one pending review" is what makes it once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from bot.domain.tracking import Asked
from bot.errors import TransientError
from bot.ports.engine import Json, Steps
from bot.ports.host import CheckOutput, Host, InlineComment, PendingReviewTaken, Repository
from bot.ports.store import Store
from bot.rendering import github
from bot.workflows.outside import insist

# A list may not show for a while what was just made; longer than this was never seen.
LIST_LAG = 2.0
_PENDING = "PENDING"
_SIDES = {"head": "RIGHT", "base": "LEFT"}


@dataclass(frozen=True)
class Where:
    """A pull request at one head, as the host has it."""

    repository: Repository
    number: int
    head: str


@dataclass(frozen=True)
class Draft:
    """A review to be: ``body`` makes its text, given the questions that fit no line."""

    marker: str
    body: Callable[[Sequence[Asked]], str]
    questions: Sequence[Asked]


@dataclass(frozen=True)
class Publisher:
    """Publishes through a host."""

    host: Host
    store: Store
    now: Callable[[], datetime]

    def review(self, steps: Steps, where: Callable[[], Where], draft: Draft) -> Json:
        """Publish one review with the questions that fit a line, the rest in its body.

        Returns ``outcome``, ``review`` and ``comments`` (question id to comment id).
        """
        marker, body, questions = draft.marker, draft.body, draft.questions
        inline = [one for one in questions if one.inline]
        rest = [one for one in questions if not one.inline]

        def pending(comments: Sequence[Asked], others: Sequence[Asked]) -> Callable[[], Json]:
            return lambda: {"review": self._pending(where(), marker, body(others), comments)}

        made = insist(steps, "pending", pending(inline, rest))
        if made["outcome"] == "rejected" and inline:
            # The host's diff is not ours: what it does not take on a line goes into the body.
            made = insist(steps, "pending.plain", pending([], questions))
            inline = []
        if made["outcome"] != "done":
            return made
        review = made["review"]
        done = insist(steps, "submit", lambda: self._submit(where(), review))
        if done["outcome"] != "done" or not inline:
            return {**done, "review": review, "comments": {}}
        found = insist(steps, "comments", lambda: self._comments(where(), review, inline))
        return {**found, "review": review}

    def _pending(self, where: Where, marker: str, body: str, questions: Sequence[Asked]) -> int:
        found = self._find(where, marker)
        if found is not None:
            return found
        try:
            return self.host.create_pending_review(
                where.repository, where.number, where.head, body, [_comment(one) for one in questions]
            )
        except PendingReviewTaken:
            # Ours, whose answer was lost or that the list did not show; or one of a round that is over.
            sleep(LIST_LAG)
            found = self._find(where, marker)
            if found is not None:
                return found
            self._clear(where, marker)
            raise TransientError("A pending review of an earlier round was in the way.", 0.5) from None

    def _find(self, where: Where, marker: str) -> int | None:
        reviews = self.host.reviews(where.repository, where.number)
        return next((one.id for one in reviews if one.ours and marker in one.body), None)

    def _clear(self, where: Where, marker: str) -> None:
        for one in self.host.reviews(where.repository, where.number):
            if one.ours and one.state == _PENDING and marker not in one.body:
                self.host.delete_pending_review(where.repository, where.number, one.id)

    def withdraw(self, where: Where, review: int) -> Json:
        """Delete a review that nobody has seen."""
        self.host.delete_pending_review(where.repository, where.number, review)
        return {}

    def _submit(self, where: Where, review: int) -> Json:
        self.host.submit_review(where.repository, where.number, review)
        return {}

    def _comments(self, where: Where, review: int, questions: Sequence[Asked]) -> Json:
        """Return which comment each question is, by its marker."""
        posted = self.host.review_comments(where.repository, where.number, review)
        found = {
            str(one.id): comment.id
            for one in questions
            for comment in posted
            if github.question_marker(one.id) in comment.body
        }
        if len(found) < len(questions):
            raise TransientError("The review's comments are not listed yet.", LIST_LAG)
        return {"comments": found}

    def check(self, where: Where, external_id: str, output: CheckOutput) -> Json:
        """Create a round's check run, or find the one that an earlier try has made."""
        with self.store.begin() as tx:
            tried, known = tx.effects.begin(f"check:{external_id}", self.now())
        if known is None and tried:
            sleep(LIST_LAG)  # its answer was lost, and the list may lag behind it
            found = self.host.find_check(where.repository, where.head, external_id)
            known = str(found) if found is not None else None
        made = (
            int(known) if known else self.host.create_check(where.repository, where.head, external_id, output)
        )
        with self.store.begin() as tx:
            tx.effects.done(f"check:{external_id}", str(made), self.now())
        return {"check": made}

    def conclude(self, where: Where, check: int, output: CheckOutput) -> Json:
        """Say in the check run how it ended."""
        self.host.update_check(where.repository, check, output)
        return {}

    def edit(self, where: Where, review: int, body: str) -> Json:
        """Replace the summary."""
        self.host.edit_review(where.repository, where.number, review, body)
        return {}


def _comment(asked: Asked) -> InlineComment:
    several = asked.line_start < asked.line_end
    return InlineComment(
        path=asked.path,
        side="RIGHT" if asked.side == "head" else "LEFT",
        line=asked.line_end,
        body=github.question(asked),
        start_line=asked.line_start if several else None,
    )
