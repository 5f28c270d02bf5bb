"""Approval of questions: a sensei keeps or withdraws each one, and Sensei posts only those that are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.errors import UserError
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.rendering.text.safe_text import count
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.missed_comments import MissedComments
from bot.workflows.pull_requests.review_posting import (
    HostedHead,
    ReviewDraft,
    ReviewPoster,
    StillWanted,
    may_be_asked,
)
from bot.workflows.pull_requests.round_publishing import list_other_reviews, load_round


def keep_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Schedule questions to be posted, as one review for each round that chose them; return how many.

    Raises:
        UserError: one of them is not waiting, or its pull request is private.
    """
    by_round: dict[str, list[int]] = {}
    for question in _load_waiting(tx, questions):
        if load_round(tx, question.round)[1].private:
            raise UserError(
                f"Question {question.id} is about a private pull request, so nothing is posted there.",
                "Comment `/sensei speak` there and keep the question again, or ask it when you meet the "
                "participant.",
            )
        tx.questions.set_state(question.id, QuestionState.KEPT, at)
        by_round.setdefault(question.round, []).append(question.id)
    for round_, kept in by_round.items():
        # The time makes the id unique, since a question that could not be posted may be kept again.
        key = f"{kept[0]}+{len(kept) - 1}:{at:%Y%m%dT%H%M%S%f}"
        _, pull_request, capstone = load_round(tx, round_)
        identity = f"questions:{capstone.repository}#{pull_request.number}:{key}"
        tx.jobs.add(Job(identity, "questions", {"questions": kept, "key": key}, at))
        tx.audit("operator", "questions.keep", f"questions:{kept}")
    return count(len(questions), "question")


def withdraw_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Withdraw questions for good; return how many.

    Raises:
        UserError: one of them is not waiting.
    """
    for question in _load_waiting(tx, questions):
        tx.questions.set_state(question.id, QuestionState.WITHDRAWN, at)
    tx.audit("operator", "questions.withdraw", f"questions:{list(questions)}")
    return count(len(questions), "question")


def _load_waiting(tx: Tx, questions: Sequence[int]) -> list[AskedQuestion]:
    found = []
    for number in dict.fromkeys(questions):
        question = tx.questions.get(number)
        if question is None or question.state is not QuestionState.PROPOSED:
            raise UserError(
                f"Question {number} is not waiting for a sensei.",
                "`sensei questions list` shows those that are.",
            )
        found.append(question)
    return found


@dataclass(frozen=True)
class QuestionApproval:
    """The workflow ``questions``: posts kept questions; those it can't post wait for a sensei again."""

    host: CodeHost
    store: Store
    comments: MissedComments
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Post the kept questions of one round as one review, on the commit that they are about."""
        begun = steps.tx("begin", lambda tx: self._choose_questions(tx, argument["questions"]))
        questions: list[int] = begun["questions"]
        if not questions:
            return {"outcome": "done"}
        round_: str = begun["round"]
        posted = insist(steps, "head", lambda: self._find_head(round_))
        if posted["outcome"] == "done":
            posted = self._post(steps, argument["key"], begun, posted)
        steps.tx("end", lambda tx: self._return_unposted(tx, questions))
        return {"outcome": posted["outcome"]}

    def _choose_questions(self, tx: Tx, kept: Sequence[int]) -> Json:
        """Return the questions to post, and those of them to post on their lines."""
        chosen = [
            question
            for question in map(tx.questions.get, kept)
            if question and question.state is QuestionState.KEPT
        ]
        for question in chosen:
            if not may_be_asked(tx, question):
                tx.questions.set_state(question.id, QuestionState.WITHDRAWN, self.now())
        chosen = [question for question in chosen if may_be_asked(tx, question)]
        if not chosen or _check_wanted(tx, chosen[0].round) is not StillWanted.YES:
            self._return_unposted(tx, kept)
            return {"questions": []}
        inline = [question.id for question in chosen if question.inline]
        return {"questions": [question.id for question in chosen], "inline": inline, "round": chosen[0].round}

    def _find_head(self, round_: str) -> Json:
        """Return the commit to post on: the round's own, or the newest if its own no longer exists."""
        with self.store.read() as tx:
            this_round, pull_request, capstone = load_round(tx, round_)
        repository = self.host.repository(capstone)
        commits = self.host.commits(repository, pull_request.number)
        is_there = this_round.head in commits
        return {"there": is_there, "head": this_round.head if is_there else commits[-1]}

    def _post(self, steps: Steps, key: str, begun: Json, head_found: Json) -> Json:
        questions: list[int] = begun["questions"]
        round_: str = begun["round"]
        marker = github_posts.review_marker(f"kept:{key}")

        def locate_head() -> HostedHead:
            with self.store.read() as tx:
                _, pull_request, capstone = load_round(tx, round_)
            return HostedHead(self.host.repository(capstone), pull_request.number, head_found["head"])

        def check_wanted() -> StillWanted:
            with self.store.read() as tx:
                return _check_wanted(tx, round_)

        draft = ReviewDraft(
            marker,
            lambda rest: github_posts.kept_review(len(questions), rest, marker),
            questions,
            begun["inline"] if head_found["there"] else [],
            check_wanted=check_wanted,
            record_published=lambda _tx, _review: None,
            other_reviews=lambda: list_other_reviews(self.store, round_, None),
            hear_commands=self.comments.carry_out,
        )
        return ReviewPoster(self.host, self.store, self.now).review(steps, locate_head, draft)

    def _return_unposted(self, tx: Tx, questions: Sequence[int]) -> Json:
        """Put questions that were not posted back on the sensei's list."""
        for question in map(tx.questions.get, questions):
            if question and question.state is QuestionState.KEPT:
                tx.questions.set_state(question.id, QuestionState.PROPOSED, self.now())
        return {}


def _check_wanted(tx: Tx, round_: str) -> StillWanted:
    """Return whether kept questions may be posted. Even ``quiet`` allows it, as a person chose them."""
    _, pull_request, capstone = load_round(tx, round_)
    over = pull_request.state != "open" or pull_request.private or capstone.ended or capstone.held
    return StillWanted.OVER if over else StillWanted.YES
