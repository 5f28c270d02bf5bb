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
from bot.ports.store import Store, Tx
from bot.rendering import github
from bot.workflows.outside import Superseded, insist

# A list may not show for a while what was just made; longer than this was never seen.
LIST_LAG = 2.0
# Whoever publishes next on a pull request deletes what is pending; each of them is done after one of these.
_MOST_DELETED = 5
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
    """A review to be: ``body`` makes its text, given the questions that fit no line.

    ``wanted`` says whether it still is; ``noted`` keeps the id of what everybody sees now.
    """

    marker: str
    body: Callable[[Sequence[Asked]], str]
    questions: Sequence[Asked]
    wanted: Callable[[], bool] = lambda: True
    noted: Callable[[Tx, int], None] = lambda _tx, _review: None


@dataclass(frozen=True)
class Publisher:
    """Publishes through a host."""

    host: Host
    store: Store
    now: Callable[[], datetime]

    def review(self, steps: Steps, where: Callable[[], Where], draft: Draft) -> Json:
        """Publish one review with the questions that fit a line, the rest in its body.

        Returns ``outcome``; once it is published ``submitted``, ``review`` and ``comments`` (question id to
        comment id).
        """
        for attempt in range(_MOST_DELETED):
            published = self._try(steps, where, draft, attempt)
            if published["outcome"] != "deleted":
                return published
        return {"outcome": "stop", "why": "Somebody deletes the App's pending reviews."}

    def _try(self, steps: Steps, where: Callable[[], Where], draft: Draft, attempt: int) -> Json:
        fit = [one for one in draft.questions if one.inline]
        made = insist(steps, f"pending.{attempt}", lambda: self._pending(where(), draft, fit))
        inline = fit
        if made["outcome"] == "rejected" and fit:
            # The host's diff is not ours: what it does not take on a line goes into the body.
            inline = []
            made = insist(steps, f"plain.{attempt}", lambda: self._pending(where(), draft, []))
        if made["outcome"] != "done":
            return made
        review = made["review"]
        done = insist(steps, f"submit.{attempt}", lambda: self._submit(where(), review, draft))
        if done["outcome"] != "done":
            return done
        if not done["there"]:
            return {"outcome": "deleted"}
        # Before anything else can fail: whoever comes later must know of it.
        steps.tx("said", lambda tx: _said(tx, draft, review))
        published = {"outcome": "done", "submitted": True, "review": review, "comments": {}}
        if inline:
            published |= insist(steps, "comments", lambda: self._comments(where(), review, inline))
        return published

    def _pending(self, where: Where, draft: Draft, inline: Sequence[Asked]) -> Json:
        marker = draft.marker
        found = self._find(where, marker)
        if found is not None:
            return {"review": found}
        if not draft.wanted():
            raise Superseded
        body = draft.body([one for one in draft.questions if one not in inline])
        try:
            made = self.host.create_pending_review(
                where.repository, where.number, where.head, body, [_comment(one) for one in inline]
            )
        except PendingReviewTaken:
            # Ours, whose answer was lost or that the list did not show; or one of a round that is over.
            sleep(LIST_LAG)
            found = self._find(where, marker)
            if found is not None:
                return {"review": found}
            self._clear(where, marker)
            raise TransientError("A pending review of an earlier round was in the way.", 0.5) from None
        return {"review": made}

    def _find(self, where: Where, marker: str) -> int | None:
        reviews = self.host.reviews(where.repository, where.number)
        return next((one.id for one in reviews if one.ours and marker in one.body), None)

    def _clear(self, where: Where, marker: str) -> None:
        for one in self.host.reviews(where.repository, where.number):
            if one.ours and one.state == _PENDING and marker not in one.body:
                self.host.delete_pending_review(where.repository, where.number, one.id)

    def _submit(self, where: Where, review: int, draft: Draft) -> Json:
        if not draft.wanted():
            raise Superseded
        return {"there": self.host.submit_review(where.repository, where.number, review)}

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


def _said(tx: Tx, draft: Draft, review: int) -> Json:
    draft.noted(tx, review)
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
