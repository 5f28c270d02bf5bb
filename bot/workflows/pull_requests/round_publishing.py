"""Publishing a round on its pull request: one summary, and in later rounds only what is new.

If someone puts the capstone on hold, ends it or closes the pull request meanwhile, Sensei posts nothing. It
checks this before every request that would publish something on GitHub.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.pull_requests.question_counts import count_questions
from bot.domain.pull_requests.records import (
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
)
from bot.ports.code_host import CheckOutput, CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import check_runs, github_posts
from bot.rendering.pull_requests.summary import summary, unread_summary
from bot.workflows.jobs.retry import SupersededError, insist
from bot.workflows.pull_requests.missed_comments import MissedComments
from bot.workflows.pull_requests.question_places import talks_in_private
from bot.workflows.pull_requests.review_posting import (
    NOTHING_POSTED,
    HostedHead,
    ReviewDraft,
    ReviewPoster,
    StillWanted,
    mark_key,
    may_be_asked,
)
from bot.workflows.pull_requests.visible_questions import number_decisions


@dataclass(frozen=True)
class RoundPublisher:
    """Publishes the results of rounds. ``asks`` maps each check to what it asks, for rendering reports."""

    host: CodeHost
    store: Store
    comments: MissedComments
    asks: Mapping[str, str]
    now: Callable[[], datetime]

    @property
    def _poster(self) -> ReviewPoster:
        return ReviewPoster(self.host, self.store, self.now)

    def check(self, round_: str) -> Json:
        """Create a round's check run; if the round may no longer post, only find an existing one."""
        if self._check_wanted(round_) is not StillWanted.YES:
            return {"check": self._poster.find_begun_check(lambda: self._locate_head(round_), round_)}
        output = CheckOutput(*check_runs.check_progress(None))
        return self._poster.check(self._locate_head(round_), round_, output)

    def conclude(self, round_: str, check: int, title: str, text: str) -> Json:
        """Complete a round's check run, even if the round may no longer post.

        If a sensei has ruled since the round ended, the check run says so already.
        """
        with self.store.read() as tx:
            if tx.effects.find(mark_key(round_))[1] is not None:
                return {}
        output = CheckOutput(title, text, "neutral")
        return self._poster.conclude(self._locate_head(round_).repository, check, output)

    def publish(self, steps: Steps, round_: str, decided: Json) -> Json:
        """Post a round's questions: the first time with the summary, later only the new ones.

        Returns the outcome, with ``unedited`` if GitHub rejected the new text of the summary.
        """
        still = steps.tx("still", lambda tx: self._check_still_wanted(tx, round_))
        if not still["go"]:
            return {"outcome": "superseded"}
        if not still["speaks"]:
            return NOTHING_POSTED

        def locate_head() -> HostedHead:
            return self._locate_head(round_)

        marker, count = github_posts.review_marker(round_), len(decided["questions"])
        draft = ReviewDraft(
            marker,
            lambda rest: self._render_summary(round_, rest, decided["questions"]),
            decided["questions"],
            decided["inline"],
            check_wanted=lambda: self._check_wanted(round_),
            record_published=lambda tx, review: note_published(tx, round_, review),
            other_reviews=lambda: list_other_reviews(self.store, round_, round_),
            hear_commands=self.comments.carry_out,
        )
        if still["summary"] is None:
            return self._poster.review(steps, locate_head, draft)
        posted = NOTHING_POSTED
        if decided["questions"]:
            later = replace(draft, body=lambda rest: github_posts.questions_review(count, rest, marker))
            posted = self._poster.review(steps, locate_head, later)
            if posted["outcome"] != "done":
                return posted
        edited = insist(
            steps, "summary", lambda: self._edit_summary(round_, still["summary"], still["first"])
        )
        if edited["outcome"] == "rejected":
            return {**posted, "unedited": edited["why"]}
        return posted if edited["outcome"] == "done" else edited

    def _edit_summary(self, round_: str, review: int, first: str) -> Json:
        head = self._locate_head(round_)
        self.comments.carry_out(head.repository)
        wanted = self._check_wanted(round_)
        if wanted is StillWanted.OVER:
            raise SupersededError
        if wanted is StillWanted.YES:
            self.host.edit_review(head.repository, head.number, review, self._render_summary(first, [], []))
        return {}

    def _locate_head(self, round_: str) -> HostedHead:
        with self.store.read() as tx:
            this_round, pull_request, capstone = load_round(tx, round_)
        return HostedHead(self.host.repository(capstone), pull_request.number, this_round.head)

    def _check_still_wanted(self, tx: Tx, round_: str) -> Json:
        wanted = _check_wanted(tx, round_)
        if wanted is StillWanted.OVER:
            return {"go": False}
        _, pull_request, _ = load_round(tx, round_)
        owner = next(
            (
                earlier.id
                for earlier in tx.rounds.of(pull_request.id)
                if earlier.review == pull_request.summary
            ),
            round_,
        )
        speaks = wanted is StillWanted.YES
        return {"go": True, "speaks": speaks, "summary": pull_request.summary, "first": owner}

    def _check_wanted(self, round_: str) -> StillWanted:
        with self.store.read() as tx:
            return _check_wanted(tx, round_)

    def _render_summary(self, marked: str, unplaced: Sequence[AskedQuestion], asking: Sequence[int]) -> str:
        """Return the summary of the newest report, with the marker of the round whose review contains it.

        ``asking`` are the questions that this review asks; ``unplaced`` those of them that go into its body.
        """
        with self.store.read() as tx:
            _, pull_request, capstone = load_round(tx, marked)
            report = tx.rounds.newest_report(pull_request.id)
            questions = [
                question
                for question in tx.questions.of(pull_request.id)
                if may_be_asked(tx, question) and not talks_in_private(tx, question.id)
            ]
            decisions = number_decisions(tx, questions)
        known = {question.id for question in unplaced}
        unplaced_before = [
            question
            for question in questions
            if not question.inline and question.state is QuestionState.ASKED and question.id not in known
        ]
        counts = count_questions(
            questions,
            asking=asking,
            threadless=known,
            sensei_first=capstone.publish is PublishPolicy.SENSEI_FIRST,
            decisions=decisions,
        )
        marker = github_posts.review_marker(marked)
        if report is None:
            return unread_summary(marker)
        return summary(report, self.asks, [*unplaced, *unplaced_before], marker, counts)


def load_round(tx: Tx, round_: str) -> tuple[Round, PullRequest, Capstone]:
    """Return a round, its pull request and its capstone."""
    this_round = tx.rounds.get(round_)
    pull_request = tx.pull_requests.get(this_round.pull_request)
    return this_round, pull_request, tx.capstones.get(pull_request.capstone)


def note_published(tx: Tx, round_: str, review: int) -> None:
    """Store a published review; the first one of a pull request contains its summary."""
    tx.rounds.set_review(round_, review)
    pull_request = tx.pull_requests.get(tx.rounds.get(round_).pull_request)
    if pull_request.summary is None:
        tx.pull_requests.set_summary(pull_request.id, review)


def may_speak(tx: Tx, this_round: Round, pull_request: PullRequest, capstone: Capstone) -> bool:
    """Return whether a round may post: on a quiet pull request only if requested, on a private one never."""
    asked_for = not pull_request.quiet or tx.rounds.was_asked_for(this_round.id)
    return capstone.speaks and asked_for and not pull_request.private


def list_other_reviews(store: Store, round_: str, excluded: str | None) -> set[int]:
    """Return all published reviews of a round's pull request, except those of ``excluded`` rounds."""
    with store.read() as tx:
        rounds = tx.rounds.of(tx.rounds.get(round_).pull_request)
    return {row.review for row in rounds if row.review is not None and row.id != excluded}


def _check_wanted(tx: Tx, round_: str) -> StillWanted:
    """Return whether a round may still post. If it gave up and was resumed, a later one may have started."""
    this_round, pull_request, capstone = load_round(tx, round_)
    later = any(
        other.number > this_round.number and other.state is not RoundState.WAITING
        for other in tx.rounds.of(pull_request.id)
    )
    moved = this_round.head != pull_request.head or pull_request.state != "open"
    if later or moved or this_round.superseded or capstone.ended:
        return StillWanted.OVER
    return StillWanted.YES if may_speak(tx, this_round, pull_request, capstone) else StillWanted.SILENT
