"""One round: Sensei reads a pull request's head once, and publishes the results.

begin (rows) → check run → read → decide (rows) → review or summary → end (rows) → check run. Each part is a
step, which is never repeated once it is recorded. If a newer head supersedes a round, it stops at its next
step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.decisions.drift import ComparedDecision, DriftFinding
from bot.domain.pull_requests import question_placement
from bot.domain.pull_requests.question_counts import count_questions
from bot.domain.pull_requests.records import (
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
    Trigger,
)
from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import check_runs
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.drift_questions import DriftQuestions, list_compared
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.missed_comments import MissedComments
from bot.workflows.pull_requests.question_commands import move_to_chat
from bot.workflows.pull_requests.recovery import PublishedReviewRecovery, find_forgotten
from bot.workflows.pull_requests.review_posting import NOTHING_POSTED
from bot.workflows.pull_requests.round_publishing import RoundPublisher, load_round, may_speak
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot
from bot.workflows.pull_requests.visible_questions import list_visible, number_decisions
from bot.workflows.triage.question_cards import bring_questions, rewrite_cards

log = structlog.get_logger(__name__)

RETRY_AFTER = 600.0  # seconds until an incomplete reading is tried again
MOST_RETRIES = 3


@dataclass(frozen=True)
class RoundReading:
    """A reading of a pull request: its report, and for each question the place for its comment, if any.

    ``notes`` are for the person who requested the reading, and aren't part of the report. ``drift`` are the
    decisions that the change may have overtaken.
    """

    report: Report
    places: Sequence[question_placement.CommentablePlace | None]
    notes: tuple[str, ...] = ()
    drift: tuple[DriftFinding, ...] = ()


class Reader(Protocol):
    """Reads a pull request's head, or a whole tree."""

    def change(
        self,
        repository: HostRepository,
        pull_request: HostPullRequest,
        decisions: Sequence[ComparedDecision] = (),
    ) -> RoundReading:
        """Read what a pull request changes, and compare it with decisions."""

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for rendering reports."""

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""

    @property
    def critical(self) -> frozenset[str]:
        """Return the checks about which a question goes before one about an earlier decision."""


@dataclass(frozen=True)
class RoundWorkflow:
    """The workflow ``review``. ``run`` is registered with the engine.

    ``guide`` words the questions about earlier decisions; without it, there are none.
    """

    host: CodeHost
    store: Store
    reader: Reader
    inbox: EventHandler
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)
    guide: ArticulationGuide | None = None

    def run(self, steps: Steps, argument: Json) -> Json:
        """Read and publish one round; return its state."""
        round_: str = argument["round"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, round_))
        if not begun["go"]:
            return {"state": begun["state"]}
        check: int | None = None
        if begun["speaks"]:
            created = insist(steps, "check", lambda: self._publisher.check(round_))
            if created["outcome"] == "stop":
                return self._stop(steps, round_, created["why"])
            check = created.get("check")
        ended = self._read_and_publish(steps, round_, begun)
        if check is not None and "title" in ended:
            title, text = ended["title"], ended["text"]
            insist(steps, "conclude", lambda: self._publisher.conclude(round_, check, title, text))
        log.info("round.ended", round=round_, state=str(ended["state"]))
        return {"state": ended["state"]}

    def _read_and_publish(self, steps: Steps, round_: str, begun: Json) -> Json:
        if forgotten := begun.get("forgotten"):  # missing in records by an earlier version
            recalled = PublishedReviewRecovery(self.host, self.store, self.now).run(steps, forgotten)
            if recalled["outcome"] != "done":
                return self._stop(steps, round_, recalled["why"])
        reading = insist(steps, "read", lambda: self._read_head(round_))
        if reading["outcome"] == "stop":
            return self._stop(steps, round_, reading["why"])
        decided = steps.tx("decide", lambda tx: self._decide(tx, round_, reading))
        if not decided["go"]:
            return decided
        published = self._publisher.publish(steps, round_, decided) if begun["speaks"] else NOTHING_POSTED
        if published["outcome"] == "superseded":
            return steps.tx("leave", lambda tx: self._supersede(tx, round_))
        if published["outcome"] != "done":
            return self._stop(steps, round_, published["why"])
        return steps.tx("end", lambda tx: self._end_round(tx, round_, published, decided.get("at")))

    @property
    def _publisher(self) -> RoundPublisher:
        comments = MissedComments(self.host, self.store, self.inbox, self.now)
        return RoundPublisher(self.host, self.store, comments, self.reader.asks, self.now)

    def _begin(self, tx: Tx, round_: str) -> Json:
        this_round, pull_request, capstone = load_round(tx, round_)
        over = capstone.ended or this_round.superseded or pull_request.state != "open"
        if over or this_round.head != pull_request.head or not self._is_wanted(tx, this_round, pull_request):
            tx.rounds.set_state(round_, RoundState.SUPERSEDED, self.now())
            return {"go": False, "state": RoundState.SUPERSEDED}
        if capstone.installation is None:
            tx.rounds.set_state(
                round_, RoundState.STOPPED, self.now(), "the App is not installed on the repository"
            )
            return {"go": False, "state": RoundState.STOPPED}
        tx.rounds.set_state(round_, RoundState.READING, self.now())
        self.measures.record_stage("change", "queue", (self.now() - this_round.due_at).total_seconds())
        earlier = [other for other in tx.rounds.of(pull_request.id) if other.number < this_round.number]
        return {
            "go": True,
            "state": RoundState.READING,
            "speaks": may_speak(tx, this_round, pull_request, capstone),
            "forgotten": find_forgotten(earlier),
        }

    def _is_wanted(self, tx: Tx, this_round: Round, pull_request: PullRequest) -> bool:
        """Return whether a round was requested or needs no request. The author's role may have changed."""
        return tx.rounds.was_asked_for(this_round.id) or self.inbox.reads_unasked(tx, pull_request)

    def _read_head(self, round_: str) -> Json:
        """Read the head and store the report under the round's id. Reading again replaces it."""
        with self.store.read() as tx:
            this_round, pull_request, capstone = load_round(tx, round_)
            decisions = list_compared(tx, pull_request, capstone) if self.guide else ()
        if this_round.superseded:
            return {"moved": None}
        repository = self.host.repository(capstone)
        current = self.host.pull_request(repository, pull_request.number)
        if current.head != this_round.head or current.state != "open":
            return {"moved": as_json(current)}
        reading = self.reader.change(repository, current, decisions)
        with self.store.begin() as tx:
            tx.rounds.save_report(round_, reading.report)
            tx.decisions.save_findings(round_, reading.drift)
        return {
            "places": [[place.path, place.start, place.end] if place else None for place in reading.places]
        }

    def _decide(self, tx: Tx, round_: str, read: Json) -> Json:
        """Store the results, and choose the questions to ask."""
        this_round, pull_request, capstone = load_round(tx, round_)
        if this_round.superseded or "moved" in read:
            self._end_early(tx, round_, RoundState.SUPERSEDED)
            if read.get("moved") and not this_round.superseded:
                self._handle_moved(tx, capstone, read["moved"])
            return {"go": False, **_SUPERSEDED}
        if this_round.report is None:
            # The commit could not be read: it no longer exists, or git took too long.
            tx.rounds.set_state(round_, RoundState.INCOMPLETE, self.now(), read.get("why", ""))
            state = RoundState.INCOMPLETE
            return {"go": True, "state": state, "questions": [], "inline": [], "at": self.now().isoformat()}
        prefix = f"review:{capstone.repository}#{pull_request.number}:"
        if this_round.report.final:
            tx.ledgers.settle(capstone.id, prefix, merged=False)
            tx.ledgers.record(
                capstone.id, round_, remove_refused_texts(this_round.report).movements, pending=True
            )
        self._add_questions(tx, this_round, pull_request, capstone, read["places"])
        posts = capstone.publish is PublishPolicy.AUTOMATIC and may_speak(
            tx, this_round, pull_request, capstone
        )
        chosen = (
            [question for question in list_visible(tx, pull_request.id) if question.round == round_]
            if posts
            else []
        )
        # Later steps branch only on this record, because rows may change before those steps are repeated.
        return {
            "go": True,
            "state": RoundState.READING,
            "questions": [question.id for question in chosen],
            "inline": [question.id for question in chosen if question.inline],
            "at": self.now().isoformat(),
        }

    def _handle_moved(self, tx: Tx, capstone: Capstone, moved: Json) -> None:
        """Handle a pull request's current state, even if no event about it has arrived yet."""
        pull_request = save_snapshot(tx, capstone.id, moved)
        if pull_request.state == "open":
            self.inbox.schedule_round(tx, pull_request)
        else:
            self.inbox.close_pull_request(tx, capstone, pull_request)

    def _add_questions(
        self,
        tx: Tx,
        this_round: Round,
        pull_request: PullRequest,
        capstone: Capstone,
        places: Sequence[Sequence[int | str] | None],
    ) -> None:
        """Choose among a report's questions and those about earlier decisions, and store the chosen ones."""
        if this_round.report is None:
            return
        context = self._make_context(tx, this_round, pull_request, capstone)
        chosen = question_placement.choose_questions(
            remove_refused_texts(this_round.report), tx.questions.of(pull_request.id), context
        )
        if self.guide is not None and this_round.report.final:
            drift = DriftQuestions(tx, this_round, pull_request, capstone, self.guide, self.now())
            chosen = drift.add_first(chosen, context)
        indices = [index for index, question in enumerate(this_round.report.questions) if question in chosen]
        rows = [_as_row(this_round, index, places) for index in indices]
        tx.questions.add(this_round.id, rows, self.now())

    def _make_context(
        self, tx: Tx, this_round: Round, pull_request: PullRequest, capstone: Capstone
    ) -> question_placement.AskingContext:
        """Return the limits on a round's questions."""
        earlier = [other for other in tx.rounds.of(pull_request.id) if other.number < this_round.number]
        for other in earlier:
            if other.state is RoundState.FAILED:
                tx.questions.forget(other.id)  # an operator can no longer resume that round
                rewrite_cards(tx, pull_request.id, self.now())
        first = not any(other.state is RoundState.PUBLISHED for other in earlier)
        return question_placement.AskingContext(
            speaks_freely=first or tx.rounds.was_asked_for(this_round.id),
            gates=self.reader.gates,
            open=tx.questions.count_open(capstone.participant.id, pull_request.author.id),
            critical=self.reader.critical,
        )

    def _supersede(self, tx: Tx, round_: str) -> Json:
        self._end_early(tx, round_, RoundState.SUPERSEDED)
        return _SUPERSEDED

    def _end_round(self, tx: Tx, round_: str, published: Json, decided: str | None) -> Json:
        """End a round after it has posted everything, and schedule another after an incomplete reading."""
        this_round, pull_request, capstone = load_round(tx, round_)
        if decided is not None:  # missing in records by an earlier version
            publishing = self.now() - datetime.fromisoformat(decided)
            self.measures.record_stage("change", "publish", publishing.total_seconds())
        self.measures.record_stage("change", "whole", (self.now() - this_round.due_at).total_seconds())
        final = this_round.report is not None and this_round.report.final
        retry = None
        if not final:
            retry = self._schedule_retry(tx, this_round, pull_request)
        state = RoundState.PUBLISHED if final else RoundState.INCOMPLETE
        tx.rounds.set_state(round_, state, self.now())
        if pull_request.private:
            move_to_chat(tx, pull_request, capstone, self.now())
        bring_questions(tx, pull_request.id, self.now())
        if this_round.report is None:
            title, text = check_runs.check_unread(retry)
        elif final and not may_speak(tx, this_round, pull_request, capstone):
            title, text = check_runs.check_silent(complete=this_round.report.complete)
        else:
            counts = count_questions(
                asked := list_visible(tx, pull_request.id),
                sensei_first=capstone.publish is PublishPolicy.SENSEI_FIRST,
                decisions=number_decisions(tx, asked),
            )
            title, text = check_runs.check_result(this_round.report, counts, retry)
        if unedited := published.get("unedited"):
            text = f"{text}\n\n{check_runs.summary_unedited(unedited)}"
        return {"state": state, "title": title, "text": text}

    def _schedule_retry(self, tx: Tx, this_round: Round, pull_request: PullRequest) -> str | None:
        """Schedule another round and return its time; never for commits that a stranger pushes later."""
        if this_round.head != pull_request.head and not self.inbox.reads_unasked(tx, pull_request):
            return None
        rounds = tx.rounds.of(pull_request.id)
        tries = 0
        for earlier in reversed(rounds):
            tries += earlier.state in {RoundState.INCOMPLETE, RoundState.READING}
            if earlier.trigger is not Trigger.RETRY:
                break
        if tries > MOST_RETRIES:
            return None
        self.inbox.schedule_retry(tx, pull_request, RETRY_AFTER)
        return f"{self.now() + timedelta(seconds=RETRY_AFTER):%H:%M}"

    def _stop(self, steps: Steps, round_: str, why: str) -> Json:
        def stop(tx: Tx) -> Json:
            self._end_early(tx, round_, RoundState.STOPPED, why)
            title, text = check_runs.check_stopped(why)
            return {"state": RoundState.STOPPED, "title": title, "text": text}

        return steps.tx("stop", stop)

    def _end_early(self, tx: Tx, round_: str, state: RoundState, why: str = "") -> None:
        """End a round early; questions that it chose but didn't ask can be chosen again."""
        tx.questions.forget(round_)
        tx.rounds.set_state(round_, state, self.now(), why)
        rewrite_cards(tx, tx.rounds.get(round_).pull_request, self.now())


_SUPERSEDED: Json = {
    "state": RoundState.SUPERSEDED,
    "title": "Superseded",
    "text": "A newer commit or a new request replaced this reading.",
}


def _as_row(this_round: Round, index: int, places: Sequence[Sequence[int | str] | None]) -> AskedQuestion:
    """Return a report's question as a row, with the lines on which its comment can be placed."""
    if this_round.report is None:
        raise AssertionError("questions come from a report")
    question, place = this_round.report.questions[index], places[index]
    citation = question.citation
    path, start, end = place or (citation.path, citation.line_start, citation.line_end)
    return AskedQuestion(
        id=0,
        round=this_round.id,
        check=question.check,
        text=question.text,
        fingerprint=question_placement.fingerprint(question.check, citation.quote),
        path=str(path),
        side=citation.side,
        line_start=int(start),
        line_end=int(end),
        quote=citation.quote,
        inline=place is not None,
        state=QuestionState.PROPOSED,
        comment=None,
    )
