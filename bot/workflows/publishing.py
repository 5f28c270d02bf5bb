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
from bot.errors import PermanentError, TransientError
from bot.ports.engine import Json, Steps
from bot.ports.host import CheckOutput, Host, InlineComment, PendingReviewTaken, Repository
from bot.ports.store import Store, Tx
from bot.rendering import github
from bot.workflows.outside import Superseded, insist

# A list may not show for a while what was just made; longer than this was never seen.
LIST_LAG = 2.0
MOST_LOST = 5  # times that a pending review may be deleted under our hands
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

    ``wanted`` says, each time before something is done, whether it still is; ``noted`` keeps the id of what
    was posted, before anything else is done.
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

        Returns ``outcome``, ``review`` and ``comments`` (question id to comment id).
        """
        made: Json = {"outcome": "gone"}
        for attempt in range(MOST_LOST):
            made = self._posted(steps, where, draft, f".again{attempt}" if attempt else "")
            if made["outcome"] != "gone":
                break
        if made["outcome"] == "gone":
            return {"outcome": "stop", "why": "The pending review was deleted before it could be submitted."}
        if made["outcome"] != "done":
            return made
        review, inline = made["review"], [one for one in draft.questions if one.inline and made["inline"]]
        steps.tx("said", lambda tx: _noted(tx, draft, review))
        if not inline:
            return {"outcome": "done", "review": review, "comments": {}}
        found = insist(steps, "comments", lambda: self._comments(where(), review, inline))
        return {**found, "review": review}

    def _posted(self, steps: Steps, where: Callable[[], Where], draft: Draft, nth: str) -> Json:
        """Create a pending review and submit it; outcome ``gone`` if it was deleted in between."""
        inline = [one for one in draft.questions if one.inline]
        rest = [one for one in draft.questions if not one.inline]

        def pending(comments: Sequence[Asked], others: Sequence[Asked]) -> Callable[[], Json]:
            return lambda: {"review": self._pending(where(), draft, draft.body(others), comments)}

        made = insist(steps, f"pending{nth}", pending(inline, rest))
        if made["outcome"] == "rejected" and inline:
            # The host's diff is not ours: what it does not take on a line goes into the body.
            made = insist(steps, f"pending.plain{nth}", pending([], draft.questions))
            inline = []
        if made["outcome"] != "done":
            return made
        review = made["review"]
        done = insist(steps, f"submit{nth}", lambda: self._submit(where(), review, draft))
        return {**done, "review": review, "inline": bool(inline)}

    def _pending(self, where: Where, draft: Draft, body: str, questions: Sequence[Asked]) -> int:
        found = self._find(where, draft.marker)
        if found is not None:
            return found
        if not draft.wanted():
            raise Superseded
        try:
            return self.host.create_pending_review(
                where.repository, where.number, where.head, body, [_comment(one) for one in questions]
            )
        except PendingReviewTaken:
            # Ours, whose answer was lost or that the list did not show; or somebody else's.
            sleep(LIST_LAG)
            found = self._find(where, draft.marker)
            if found is not None:
                return found
            self._clear(where, draft.marker)
            raise TransientError("A pending review of an earlier round was in the way.", 0.5) from None

    def _find(self, where: Where, marker: str) -> int | None:
        reviews = self.host.reviews(where.repository, where.number)
        return next((one.id for one in reviews if one.ours and marker in one.body), None)

    def _clear(self, where: Where, marker: str) -> None:
        for one in self.host.reviews(where.repository, where.number):
            if one.ours and one.state == _PENDING and marker not in one.body:
                self.host.delete_pending_review(where.repository, where.number, one.id)

    def _submit(self, where: Where, review: int, draft: Draft) -> Json:
        if not draft.wanted():
            # Nobody has seen it, unless an answer was lost that said so.
            self.host.delete_pending_review(where.repository, where.number, review)
            if self._state(where, review) in {None, _PENDING}:
                raise Superseded
            return {}
        try:
            self.host.submit_review(where.repository, where.number, review)
        except PermanentError:
            if self._state(where, review) is not None:
                raise
            # Another workflow's way on this pull request led over ours; what was submitted nobody can delete.
            return {"outcome": "gone"}
        return {}

    def _state(self, where: Where, review: int) -> str | None:
        reviews = self.host.reviews(where.repository, where.number)
        return next((one.state for one in reviews if one.id == review), None)

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


def _noted(tx: Tx, draft: Draft, review: int) -> Json:
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
