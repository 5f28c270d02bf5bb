"""One round: a pull request's head is read, and what was found is said, once.

begin (rows) → check run → read → decide (rows) → review or summary → end (rows) → check run. Each part is a
step that is not repeated once it is recorded; a round that a newer head makes useless stops at the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.pull_requests import question_placement
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
from bot.domain.review.publication_check import admit
from bot.domain.review.report import Report
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.metrics import Metrics, NoMetrics
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.recovery import PublishedReviewRecovery, find_forgotten
from bot.workflows.pull_requests.review_posting import NOTHING
from bot.workflows.pull_requests.round_publishing import RoundPublisher, may_speak, of
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot

log = structlog.get_logger(__name__)

RETRY_AFTER = 600.0  # seconds until an incomplete reading is tried again
MOST_RETRIES = 3


@dataclass(frozen=True)
class RoundReading:
    """A reading of a pull request: its report, and for each question where its comment can stand.

    ``notes`` are for whoever asked for the reading, and no part of it.
    """

    report: Report
    places: Sequence[question_placement.CommentablePlace | None]
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads a pull request's head, or a whole tree."""

    def change(self, repository: HostRepository, pull_request: HostPullRequest) -> RoundReading:
        """Read what a pull request changes."""

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for whoever renders a report."""

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""


@dataclass(frozen=True)
class RoundWorkflow:
    """The workflow ``review``. ``run`` is registered with the engine."""

    host: CodeHost
    store: Store
    reader: Reader
    inbox: EventHandler
    now: Callable[[], datetime]
    measures: Metrics = field(default_factory=NoMetrics)

    def run(self, steps: Steps, argument: Json) -> Json:
        """Read and publish one round; return its state."""
        round_: str = argument["round"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, round_))
        if not begun["go"]:
            return {"state": begun["state"]}
        check: int | None = None
        if begun["speaks"]:
            made = insist(steps, "check", lambda: self._says.check(round_))
            if made["outcome"] == "stop":
                return self._stopped(steps, round_, made["why"])
            check = made.get("check")
        ended = self._read_and_say(steps, round_, begun)
        if check is not None and "title" in ended:
            title, text = ended["title"], ended["text"]
            insist(steps, "conclude", lambda: self._says.conclude(round_, check, title, text))
        log.info("round.ended", round=round_, state=str(ended["state"]))
        return {"state": ended["state"]}

    def _read_and_say(self, steps: Steps, round_: str, begun: Json) -> Json:
        if before := begun.get("forgotten"):  # the record of an earlier version does not say
            recalled = PublishedReviewRecovery(self.host, self.store, self.now).run(steps, before)
            if recalled["outcome"] != "done":
                return self._stopped(steps, round_, recalled["why"])
        read = insist(steps, "read", lambda: self._read(round_))
        if read["outcome"] == "stop":
            return self._stopped(steps, round_, read["why"])
        decided = steps.tx("decide", lambda tx: self._decide(tx, round_, read))
        if not decided["go"]:
            return decided
        published = self._says.publish(steps, round_, decided) if begun["speaks"] else NOTHING
        if published["outcome"] == "superseded":
            return steps.tx("leave", lambda tx: self._superseded(tx, round_))
        if published["outcome"] != "done":
            return self._stopped(steps, round_, published["why"])
        return steps.tx("end", lambda tx: self._end(tx, round_, published.get("asked", 0), decided.get("at")))

    @property
    def _says(self) -> RoundPublisher:
        return RoundPublisher(self.host, self.store, self.reader.asks, self.now)

    def _begin(self, tx: Tx, round_: str) -> Json:
        it, pull_request, capstone = of(tx, round_)
        over = capstone.ended or it.superseded or pull_request.state != "open"
        if over or it.head != pull_request.head or not self._wanted(tx, it, pull_request):
            tx.rounds.state(round_, RoundState.SUPERSEDED, self.now())
            return {"go": False, "state": RoundState.SUPERSEDED}
        if capstone.installation is None:
            tx.rounds.state(
                round_, RoundState.STOPPED, self.now(), "the App is not installed on the repository"
            )
            return {"go": False, "state": RoundState.STOPPED}
        tx.rounds.state(round_, RoundState.READING, self.now())
        self.measures.took("change", "queue", (self.now() - it.due_at).total_seconds())
        earlier = [each for each in tx.rounds.of(pull_request.id) if each.number < it.number]
        return {
            "go": True,
            "state": RoundState.READING,
            "speaks": may_speak(tx, it, pull_request, capstone),
            "forgotten": find_forgotten(earlier),
        }

    def _wanted(self, tx: Tx, it: Round, pull_request: PullRequest) -> bool:
        """Say whether a round was asked for, or needs no asking: its capstone may be another's by now."""
        return tx.rounds.asked_for(it.id) or self.inbox.reads_unasked(tx, pull_request)

    def _read(self, round_: str) -> Json:
        """Read the head and keep the report under the round's id; the same again replaces itself."""
        with self.store.begin() as tx:
            it, pull_request, capstone = of(tx, round_)
        if it.superseded:
            return {"moved": None}
        repository = self.host.repository(capstone)
        current = self.host.pull_request(repository, pull_request.number)
        if current.head != it.head or current.state != "open":
            return {"moved": as_json(current)}
        found = self.reader.change(repository, current)
        with self.store.begin() as tx:
            tx.rounds.report(round_, found.report)
        return {"places": [[place.path, place.start, place.end] if place else None for place in found.places]}

    def _decide(self, tx: Tx, round_: str, read: Json) -> Json:
        """Enter what was found, and choose what is asked."""
        it, pull_request, capstone = of(tx, round_)
        if it.superseded or "moved" in read:
            self._leave(tx, round_, RoundState.SUPERSEDED)
            if read.get("moved") and not it.superseded:
                self._follow(tx, capstone, read["moved"])
            return {"go": False, **_SUPERSEDED}
        if it.report is None:
            # The commit cannot be read: it is gone, or git took too long.
            tx.rounds.state(round_, RoundState.INCOMPLETE, self.now(), read.get("why", ""))
            state = RoundState.INCOMPLETE
            return {"go": True, "state": state, "questions": [], "inline": [], "at": self.now().isoformat()}
        prefix = f"review:{capstone.repository}#{pull_request.number}:"
        if it.report.final:
            tx.ledgers.settle(capstone.id, prefix, merged=False)
            tx.ledgers.record(capstone.id, round_, admit(it.report).movements, pending=True)
        questions = self._questions(tx, it, pull_request, capstone)
        places = read["places"]
        tx.questions.add(round_, [_asked(it, each, places) for each in questions], self.now())
        posts = capstone.publish is PublishPolicy.AUTOMATIC and may_speak(tx, it, pull_request, capstone)
        new = [one for one in tx.questions.of(pull_request.id) if one.round == round_] if posts else []
        # All that the steps below branch on is in this record: rows may change before they are done again.
        return {
            "go": True,
            "state": RoundState.READING,
            "questions": [one.id for one in new],
            "inline": [one.id for one in new if one.inline],
            "at": self.now().isoformat(),
        }

    def _follow(self, tx: Tx, capstone: Capstone, moved: Json) -> None:
        """Read a pull request as it is now, though no event has told of it yet."""
        pull_request = save_snapshot(tx, capstone.id, moved)
        if pull_request.state == "open":
            self.inbox.read(tx, pull_request)
        else:
            self.inbox.close(tx, capstone, pull_request)

    def _questions(self, tx: Tx, it: Round, pull_request: PullRequest, capstone: Capstone) -> Sequence[int]:
        """Choose among a report's questions; return their places in it."""
        if it.report is None:
            return []
        earlier = [each for each in tx.rounds.of(pull_request.id) if each.number < it.number]
        for each in earlier:
            if each.state is RoundState.FAILED:
                tx.questions.forget(each.id)  # until now it might have gone on; from now on it says nothing
        first = not any(each.state is RoundState.PUBLISHED for each in earlier)
        occasion = question_placement.AskingContext(
            speaks_freely=first or tx.rounds.asked_for(it.id),
            gates=self.reader.gates,
            open=tx.questions.open_of(capstone.participant.id, pull_request.author.id),
        )
        chosen = question_placement.choose_questions(
            admit(it.report), tx.questions.of(pull_request.id), occasion
        )
        return [n for n, each in enumerate(it.report.questions) if each in chosen]

    def _superseded(self, tx: Tx, round_: str) -> Json:
        self._leave(tx, round_, RoundState.SUPERSEDED)
        return _SUPERSEDED

    def _end(self, tx: Tx, round_: str, asked: int, decided: str | None) -> Json:
        """Note that all is said, and try an incomplete reading again."""
        it, pull_request, capstone = of(tx, round_)
        if decided is not None:  # the record of an earlier version does not say
            publishing = self.now() - datetime.fromisoformat(decided)
            self.measures.took("change", "publish", publishing.total_seconds())
        self.measures.took("change", "whole", (self.now() - it.due_at).total_seconds())
        final = it.report is not None and it.report.final
        retry = None
        if not final:
            retry = self._again(tx, it, pull_request)
        state = RoundState.PUBLISHED if final else RoundState.INCOMPLETE
        tx.rounds.state(round_, state, self.now())
        if it.report is None:
            title, text = github_posts.check_unread(retry)
        elif final and not may_speak(tx, it, pull_request, capstone):
            title, text = github_posts.check_silent(complete=it.report.complete)
        else:
            beforehand = capstone.publish is PublishPolicy.SENSEI_FIRST
            title, text = github_posts.check_result(it.report, None if beforehand else asked, retry)
        return {"state": state, "title": title, "text": text}

    def _again(self, tx: Tx, it: Round, pull_request: PullRequest) -> str | None:
        """Try once more, and say when; of a stranger's pull request no commit that came after the request."""
        if it.head != pull_request.head and not self.inbox.reads_unasked(tx, pull_request):
            return None
        rounds = tx.rounds.of(pull_request.id)
        tries = 0
        for each in reversed(rounds):
            tries += each.state in {RoundState.INCOMPLETE, RoundState.READING}
            if each.trigger is not Trigger.RETRY:
                break
        if tries > MOST_RETRIES:
            return None
        self.inbox.retry(tx, pull_request, RETRY_AFTER)
        return f"{self.now() + timedelta(seconds=RETRY_AFTER):%H:%M}"

    def _stopped(self, steps: Steps, round_: str, why: str) -> Json:
        def stop(tx: Tx) -> Json:
            self._leave(tx, round_, RoundState.STOPPED, why)
            title, text = github_posts.check_stopped(why)
            return {"state": RoundState.STOPPED, "title": title, "text": text}

        return steps.tx("stop", stop)

    def _leave(self, tx: Tx, round_: str, state: RoundState, why: str = "") -> None:
        """End a round that has not said all it found: what it chose and nobody was asked is free again."""
        tx.questions.forget(round_)
        tx.rounds.state(round_, state, self.now(), why)


_SUPERSEDED: Json = {
    "state": RoundState.SUPERSEDED,
    "title": "Superseded",
    "text": "This reading was overtaken: by a newer commit, or by somebody who asked for another.",
}


def _asked(it: Round, number: int, places: Sequence[Sequence[int | str] | None]) -> AskedQuestion:
    """Make a row of a report's question; its lines are those that a comment can stand on."""
    if it.report is None:
        raise AssertionError("questions come from a report")
    question, place = it.report.questions[number], places[number]
    citation = question.citation
    path, start, end = place or (citation.path, citation.line_start, citation.line_end)
    return AskedQuestion(
        id=0,
        round=it.id,
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
