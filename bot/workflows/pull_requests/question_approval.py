"""Posting the questions that a sensei has kept, as one review for each round that chose them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.pull_requests.records import QuestionState
from bot.domain.pull_requests.rulings import DeciderRole, role_in
from bot.ports.code_host import CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
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
from bot.workflows.triage.question_cards import note_unposted, rewrite_cards


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
            posted = self._post(steps, argument["key"], begun, posted, role_in(argument))
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
                _rewrite_cards(tx, question.require_round(), self.now())
        chosen = [question for question in chosen if may_be_asked(tx, question)]
        if not chosen or _check_wanted(tx, chosen[0].require_round()) is not StillWanted.YES:
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

    def _post(self, steps: Steps, key: str, begun: Json, head_found: Json, role: DeciderRole) -> Json:
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
            lambda rest: github_posts.kept_review(len(questions), rest, marker, role),
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
                note_unposted(tx, question.id, self.now())
                _rewrite_cards(tx, question.require_round(), self.now())
        return {}


def _check_wanted(tx: Tx, round_: str) -> StillWanted:
    """Return whether kept questions may be posted. Even ``quiet`` allows it, as a person chose them."""
    _, pull_request, capstone = load_round(tx, round_)
    over = pull_request.state != "open" or pull_request.private or capstone.ended or capstone.held
    return StillWanted.OVER if over else StillWanted.YES


def _rewrite_cards(tx: Tx, round_: str, at: datetime) -> None:
    rewrite_cards(tx, tx.rounds.get(round_).pull_request, at)
