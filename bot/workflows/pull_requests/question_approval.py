"""What a sensei decides about questions before anybody sees them, and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.errors import UserError
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Job, Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.rendering.text.safe_text import count
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.review_posting import (
    HostedHead,
    ReviewDraft,
    ReviewPoster,
    StillWanted,
    may_be_asked,
)
from bot.workflows.pull_requests.round_publishing import of, reviews_beside


def keep_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Let questions be posted, one review for each round that chose them; say how many.

    Raises:
        UserError: one of them does not wait, or its pull request is private.
    """
    by_round: dict[str, list[int]] = {}
    for one in _waiting(tx, questions):
        if of(tx, one.round)[1].private:
            raise UserError(
                f"Question {one.id} is about a private pull request, on which nothing is posted.",
                "`/sensei speak` in a comment there lets it be asked; or raise it when you meet.",
            )
        tx.questions.set(one.id, QuestionState.KEPT, at)
        by_round.setdefault(one.round, []).append(one.id)
    for round_, kept in by_round.items():
        # With the time: what could not be posted may be kept again, and an id begins once.
        key = f"{kept[0]}+{len(kept) - 1}:{at:%Y%m%dT%H%M%S%f}"
        _, pull_request, capstone = of(tx, round_)
        identity = f"questions:{capstone.repository}#{pull_request.number}:{key}"
        tx.jobs.add(Job(identity, "questions", {"questions": kept, "key": key}, at))
        tx.audit("operator", "questions.keep", f"questions:{kept}")
    return count(len(questions), "question")


def withdraw_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Drop questions for good; say how many.

    Raises:
        UserError: one of them does not wait.
    """
    for one in _waiting(tx, questions):
        tx.questions.set(one.id, QuestionState.WITHDRAWN, at)
    tx.audit("operator", "questions.withdraw", f"questions:{list(questions)}")
    return count(len(questions), "question")


def _waiting(tx: Tx, questions: Sequence[int]) -> list[AskedQuestion]:
    found = []
    for number in dict.fromkeys(questions):
        one = tx.questions.get(number)
        if one is None or one.state is not QuestionState.PROPOSED:
            raise UserError(f"No question {number} waits.", "`sensei questions list` shows those that do.")
        found.append(one)
    return found


@dataclass(frozen=True)
class QuestionApproval:
    """The workflow ``questions``: posts what a sensei has kept. What cannot be posted waits again."""

    host: CodeHost
    store: Store
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Post questions of one round as one review, on the commit that they are about."""
        begun = steps.tx("begin", lambda tx: self._begin(tx, argument["questions"]))
        questions: list[int] = begun["questions"]
        if not questions:
            return {"outcome": "done"}
        round_: str = begun["round"]
        posted = insist(steps, "head", lambda: self._head(round_))
        if posted["outcome"] == "done":
            posted = self._post(steps, argument["key"], begun, posted)
        steps.tx("end", lambda tx: self._end(tx, questions))
        return {"outcome": posted["outcome"]}

    def _begin(self, tx: Tx, kept: Sequence[int]) -> Json:
        """Return which of some questions are to be posted, and which of them on their lines."""
        rows = [one for one in map(tx.questions.get, kept) if one and one.state is QuestionState.KEPT]
        for one in rows:
            if not may_be_asked(tx, one):
                tx.questions.set(one.id, QuestionState.WITHDRAWN, self.now())
        rows = [one for one in rows if may_be_asked(tx, one)]
        if not rows or _wanted(tx, rows[0].round) is not StillWanted.YES:
            self._end(tx, kept)
            return {"questions": []}
        inline = [one.id for one in rows if one.inline]
        return {"questions": [one.id for one in rows], "inline": inline, "round": rows[0].round}

    def _head(self, round_: str) -> Json:
        """Return the commit to speak of: the round's own, whose lines are known, unless it is gone."""
        with self.store.begin() as tx:
            it, pull_request, capstone = of(tx, round_)
        repository = self.host.repository(capstone)
        commits = self.host.commits(repository, pull_request.number)
        there = it.head in commits
        return {"there": there, "head": it.head if there else commits[-1]}

    def _post(self, steps: Steps, key: str, begun: Json, at: Json) -> Json:
        questions: list[int] = begun["questions"]
        round_: str = begun["round"]
        marker = github_posts.review_marker(f"kept:{key}")

        def where() -> HostedHead:
            with self.store.begin() as tx:
                _, pull_request, capstone = of(tx, round_)
            return HostedHead(self.host.repository(capstone), pull_request.number, at["head"])

        def wanted() -> StillWanted:
            with self.store.begin() as tx:
                return _wanted(tx, round_)

        draft = ReviewDraft(
            marker,
            lambda rest: github_posts.kept_review(len(questions), rest, marker),
            questions,
            begun["inline"] if at["there"] else [],
            wanted=wanted,
            noted=lambda _tx, _review: None,
            others=lambda: reviews_beside(self.store, round_, None),
        )
        return ReviewPoster(self.host, self.store, self.now).review(steps, where, draft)

    def _end(self, tx: Tx, questions: Sequence[int]) -> Json:
        """Let what was not posted wait for a sensei again."""
        for one in map(tx.questions.get, questions):
            if one and one.state is QuestionState.KEPT:
                tx.questions.set(one.id, QuestionState.PROPOSED, self.now())
        return {}


def _wanted(tx: Tx, round_: str) -> StillWanted:
    """Say whether kept questions may be posted: a person chose them, so not every silence is in the way."""
    _, pull_request, capstone = of(tx, round_)
    over = pull_request.state != "open" or pull_request.private or capstone.ended or capstone.held
    return StillWanted.OVER if over else StillWanted.YES
