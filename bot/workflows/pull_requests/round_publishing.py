"""What a round says on its pull request: a summary once, and from then on what is new.

Whoever holds a capstone, ends it or closes the pull request is heeded until the last request before it shows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.pull_requests.records import (
    AskedQuestion,
    Capstone,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
)
from bot.ports.code_host import CheckOutput, CodeHost
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import SupersededError, insist
from bot.workflows.pull_requests.review_posting import (
    NOTHING,
    HostedHead,
    ReviewDraft,
    ReviewPoster,
    StillWanted,
    may_be_asked,
)


@dataclass(frozen=True)
class RoundPublisher:
    """Says what rounds found. ``asks`` is what each check asks, for whoever renders a report."""

    host: CodeHost
    store: Store
    asks: Mapping[str, str]
    now: Callable[[], datetime]

    @property
    def _publisher(self) -> ReviewPoster:
        return ReviewPoster(self.host, self.store, self.now)

    def check(self, round_: str) -> Json:
        """Show that a round is being read; where nothing is said any more, find what a try has shown."""
        if self._wanted(round_) is not StillWanted.YES:
            return {"check": self._publisher.begun_check(lambda: self._where(round_), round_)}
        output = CheckOutput(*github_posts.check_progress(None))
        return self._publisher.check(self._where(round_), round_, output)

    def conclude(self, round_: str, check: int, title: str, text: str) -> Json:
        """Show how a round ended; whatever was decided meanwhile, a check that is begun has an end."""
        output = CheckOutput(title, text, "neutral")
        return self._publisher.conclude(self._where(round_).repository, check, output)

    def publish(self, steps: Steps, round_: str, decided: Json) -> Json:
        """Post what there is to say: the first time with the summary, later only what is new."""
        still = steps.tx("still", lambda tx: self._still(tx, round_))
        if not still["go"]:
            return {"outcome": "superseded"}
        if not still["speaks"]:
            return NOTHING

        def where() -> HostedHead:
            return self._where(round_)

        marker, count = github_posts.review_marker(round_), len(decided["questions"])
        draft = ReviewDraft(
            marker,
            lambda rest: self._summary(round_, rest),
            decided["questions"],
            decided["inline"],
            wanted=lambda: self._wanted(round_),
            noted=lambda tx, review: note_published(tx, round_, review),
            others=lambda: reviews_beside(self.store, round_, round_),
        )
        if still["summary"] is None:
            return self._publisher.review(steps, where, draft)
        posted = NOTHING
        if decided["questions"]:
            later = replace(draft, body=lambda rest: github_posts.questions_review(count, rest, marker))
            posted = self._publisher.review(steps, where, later)
            if posted["outcome"] != "done":
                return posted
        edited = insist(steps, "summary", lambda: self._edit(round_, still["summary"], still["first"]))
        return posted if edited["outcome"] in {"done", "rejected"} else edited

    def _edit(self, round_: str, summary: int, first: str) -> Json:
        wanted = self._wanted(round_)
        if wanted is StillWanted.OVER:
            raise SupersededError
        if wanted is StillWanted.YES:
            where = self._where(round_)
            self.host.edit_review(where.repository, where.number, summary, self._summary(first, []))
        return {}

    def _where(self, round_: str) -> HostedHead:
        with self.store.begin() as tx:
            it, pull_request, capstone = of(tx, round_)
        return HostedHead(self.host.repository(capstone), pull_request.number, it.head)

    def _still(self, tx: Tx, round_: str) -> Json:
        wanted = _wanted(tx, round_)
        if wanted is StillWanted.OVER:
            return {"go": False}
        _, pull_request, _ = of(tx, round_)
        owner = next(
            (each.id for each in tx.rounds.of(pull_request.id) if each.review == pull_request.summary), round_
        )
        speaks = wanted is StillWanted.YES
        return {"go": True, "speaks": speaks, "summary": pull_request.summary, "first": owner}

    def _wanted(self, round_: str) -> StillWanted:
        with self.store.begin() as tx:
            return _wanted(tx, round_)

    def _summary(self, marked: str, unplaced: Sequence[AskedQuestion]) -> str:
        """Return the summary of a pull request's newest report, with the marker of the round that owns it."""
        with self.store.begin() as tx:
            pull_request = tx.rounds.get(marked).pull_request
            report = tx.rounds.newest_report(pull_request)
            earlier = [
                one
                for one in tx.questions.of(pull_request)
                if not one.inline and one.state is QuestionState.ASKED and may_be_asked(tx, one)
            ]
        known = {one.id for one in unplaced}
        questions = [*unplaced, *(one for one in earlier if one.id not in known)]
        marker = github_posts.review_marker(marked)
        if report is None:
            return github_posts.unread(marker)
        return github_posts.summary(report, self.asks, questions, marker)


def of(tx: Tx, round_: str) -> tuple[Round, PullRequest, Capstone]:
    """Return a round and what it is of."""
    it = tx.rounds.get(round_)
    pull_request = tx.pull_requests.get(it.pull_request)
    return it, pull_request, tx.capstones.get(pull_request.capstone)


def note_published(tx: Tx, round_: str, review: int) -> None:
    """Note a review that everybody sees; the first one of a pull request holds its summary."""
    tx.rounds.reviewed(round_, review)
    pull_request = tx.pull_requests.get(tx.rounds.get(round_).pull_request)
    if pull_request.summary is None:
        tx.pull_requests.summarised(pull_request.id, review)


def may_speak(tx: Tx, it: Round, pull_request: PullRequest, capstone: Capstone) -> bool:
    """Say whether a round may say something: if a pull request is quiet, when asked; if private, never."""
    asked_for = not pull_request.quiet or tx.rounds.asked_for(it.id)
    return capstone.speaks and asked_for and not pull_request.private


def reviews_beside(store: Store, round_: str, but: str | None) -> set[int]:
    """Return the reviews that rounds of a round's pull request have published, but one round's."""
    with store.begin() as tx:
        rounds = tx.rounds.of(tx.rounds.get(round_).pull_request)
    return {each.review for each in rounds if each.review is not None and each.id != but}


def _wanted(tx: Tx, round_: str) -> StillWanted:
    """Say whether a round may still speak. A later one has begun where this one gave up and is let go on."""
    it, pull_request, capstone = of(tx, round_)
    later = any(
        each.number > it.number and each.state is not RoundState.WAITING
        for each in tx.rounds.of(pull_request.id)
    )
    moved = it.head != pull_request.head or pull_request.state != "open"
    if later or moved or it.superseded or capstone.ended:
        return StillWanted.OVER
    return StillWanted.YES if may_speak(tx, it, pull_request, capstone) else StillWanted.SILENT
