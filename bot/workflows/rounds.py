"""One round: a pull request's head is read, and what was found is said, once.

begin (rows) → check run → read → decide (rows) → review or summary → end (rows) → check run. Each part is a
step that is not repeated once it is recorded; a round that a newer head makes useless stops at the next one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain import asking
from bot.domain.report import Report
from bot.domain.tracking import (
    Asked,
    Capstone,
    Publish,
    PullRequest,
    QuestionState,
    Round,
    RoundState,
    Trigger,
)
from bot.ports.engine import Json, Steps
from bot.ports.host import CheckOutput, Host, HostPullRequest, Repository
from bot.ports.store import Store, Tx
from bot.rendering import github
from bot.workflows.inbox import Inbox
from bot.workflows.outside import insist
from bot.workflows.publishing import Draft, Publisher, Where
from bot.workflows.pull_requests import as_json, saved

log = structlog.get_logger(__name__)

RETRY_AFTER = 600.0  # seconds until an incomplete reading is tried again
MOST_RETRIES = 3


@dataclass(frozen=True)
class Found:
    """A reading of a pull request: its report, and for each question where its comment can stand.

    ``notes`` are for whoever asked for the reading, and no part of it.
    """

    report: Report
    places: Sequence[asking.Place | None]
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads a pull request's head, or a whole tree."""

    def change(self, repository: Repository, pull_request: HostPullRequest) -> Found:
        """Read what a pull request changes."""

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for whoever renders a report."""

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""


@dataclass(frozen=True)
class Rounds:
    """The workflow ``review``. ``run`` is registered with the engine."""

    host: Host
    store: Store
    reader: Reader
    inbox: Inbox
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Read and publish one round; return its state."""
        round_: str = argument["round"]
        begun = steps.tx("begin", lambda tx: self._begin(tx, round_))
        if not begun["go"]:
            return {"state": begun["state"]}
        check: int | None = None
        if begun["speaks"]:
            output = CheckOutput(*github.check_progress(None))
            made = insist(steps, "check", lambda: self._publisher.check(self._where(round_), round_, output))
            if made["outcome"] == "stop":
                return self._stopped(steps, round_, made["why"])
            check = made.get("check")
        ended = self._read_and_say(steps, round_, speaks=begun["speaks"])
        if check is not None and "title" in ended:
            output = CheckOutput(ended["title"], ended["text"], "neutral")
            insist(steps, "conclude", lambda: self._publisher.conclude(self._where(round_), check, output))
        return {"state": ended["state"]}

    def _read_and_say(self, steps: Steps, round_: str, *, speaks: bool) -> Json:
        read = insist(steps, "read", lambda: self._read(round_))
        if read["outcome"] == "stop":
            return self._stopped(steps, round_, read["why"])
        decided = steps.tx("decide", lambda tx: self._decide(tx, round_, read))
        if not decided["go"]:
            return decided
        published = self._publish(steps, round_, decided) if speaks else _NOTHING
        if published["outcome"] == "superseded":
            return steps.tx("leave", lambda tx: self._superseded(tx, round_))
        if published["outcome"] != "done":
            return self._stopped(steps, round_, published["why"], decided["questions"], published)
        return steps.tx("end", lambda tx: self._end(tx, round_, decided["questions"], published))

    @property
    def _publisher(self) -> Publisher:
        return Publisher(self.host, self.store, self.now)

    def _begin(self, tx: Tx, round_: str) -> Json:
        it, pull_request, capstone = _of(tx, round_)
        if capstone.ended or it.superseded or pull_request.state != "open" or it.head != pull_request.head:
            tx.rounds.state(round_, RoundState.SUPERSEDED, self.now())
            return {"go": False, "state": RoundState.SUPERSEDED}
        if capstone.installation is None:
            tx.rounds.state(
                round_, RoundState.STOPPED, self.now(), "the App is not installed on the repository"
            )
            return {"go": False, "state": RoundState.STOPPED}
        tx.rounds.state(round_, RoundState.READING, self.now())
        return {"go": True, "state": RoundState.READING, "speaks": _speaks(it, pull_request, capstone)}

    def _where(self, round_: str) -> Where:
        with self.store.begin() as tx:
            it, pull_request, capstone = _of(tx, round_)
        return Where(self.host.repository(capstone), pull_request.number, it.head)

    def _read(self, round_: str) -> Json:
        """Read the head and keep the report under the round's id; the same again replaces itself."""
        with self.store.begin() as tx:
            it, pull_request, capstone = _of(tx, round_)
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
        it, pull_request, capstone = _of(tx, round_)
        if it.superseded or "moved" in read:
            self._leave(tx, round_, RoundState.SUPERSEDED)
            if read.get("moved") and not it.superseded:
                self._follow(tx, capstone, read["moved"])
            return {"go": False, **_SUPERSEDED}
        if it.report is None:
            # The commit cannot be read: it is gone, or git took too long.
            tx.rounds.state(round_, RoundState.INCOMPLETE, self.now(), read.get("why", ""))
            return {"go": True, "state": RoundState.INCOMPLETE, "questions": []}
        prefix = f"review:{capstone.repository}#{pull_request.number}:"
        if it.report.complete:
            tx.ledgers.settle(capstone.id, prefix, merged=False)
            tx.ledgers.record(capstone.id, round_, it.report.movements, pending=True)
        questions = self._questions(tx, it, pull_request, capstone)
        places = read["places"]
        tx.questions.add(round_, [_asked(it, each, places) for each in questions], self.now())
        posts = capstone.publish is Publish.AUTOMATIC and _speaks(it, pull_request, capstone)
        new = [one.id for one in tx.questions.of(pull_request.id) if one.round == round_]
        return {"go": True, "state": RoundState.READING, "questions": new if posts else []}

    def _follow(self, tx: Tx, capstone: Capstone, moved: Json) -> None:
        """Read a pull request as it is now, though no event has told of it yet."""
        pull_request = saved(tx, capstone.id, moved)
        if pull_request.state == "open":
            self.inbox.read(tx, pull_request)
        else:
            self.inbox.close(tx, capstone, pull_request)

    def _questions(self, tx: Tx, it: Round, pull_request: PullRequest, capstone: Capstone) -> Sequence[int]:
        """Choose among a report's questions; return their places in it."""
        if it.report is None:
            return []
        earlier = [each for each in tx.rounds.of(pull_request.id) if each.number < it.number]
        first = not any(each.state is RoundState.PUBLISHED for each in earlier)
        occasion = asking.Occasion(
            speaks_freely=first or it.trigger is Trigger.ASKED,
            gates=self.reader.gates,
            open=tx.questions.open_of(capstone.participant.id),
        )
        chosen = asking.chosen(it.report, tx.questions.of(pull_request.id), occasion)
        return [n for n, each in enumerate(it.report.questions) if each in chosen]

    def _publish(self, steps: Steps, round_: str, decided: Json) -> Json:
        """Post what there is to say: the first time with the summary, later only what is new."""
        still = steps.tx("still", lambda tx: self._still(tx, round_))
        if not still["go"]:
            return {"outcome": "superseded"}
        if not still["speaks"]:
            return _NOTHING

        def where() -> Where:
            return self._where(round_)

        def body(rest: Sequence[Asked]) -> str:
            return self._summary(round_, rest)

        marker, questions = github.review_marker(round_), self._asked(decided["questions"])
        draft = Draft(
            marker,
            body,
            questions,
            wanted=lambda: self._is_newest(round_),
            noted=lambda tx, review: self._noted(tx, round_, review),
        )
        if still["summary"] is None:
            return self._publisher.review(steps, where, draft)
        posted = _NOTHING
        if decided["questions"]:
            later = replace(draft, body=lambda _: github.questions_review(len(questions), marker))
            posted = self._publisher.review(steps, where, later)
            if posted["outcome"] != "done":
                return posted
        edited = insist(
            steps,
            "summary",
            lambda: self._publisher.edit(where(), still["summary"], self._summary(still["first"], [])),
        )
        return posted if edited["outcome"] in {"done", "rejected"} else edited

    def _still(self, tx: Tx, round_: str) -> Json:
        it, pull_request, capstone = _of(tx, round_)
        if it.superseded or capstone.ended or it.head != pull_request.head:
            return {"go": False}
        owner = next(
            (each.id for each in tx.rounds.of(pull_request.id) if each.review == pull_request.summary), round_
        )
        speaks = _speaks(it, pull_request, capstone)
        return {"go": True, "speaks": speaks, "summary": pull_request.summary, "first": owner}

    def _is_newest(self, round_: str) -> bool:
        """Say whether no later round has begun: one does once this one gave up, which a person may undo."""
        with self.store.begin() as tx:
            it = tx.rounds.get(round_)
            rounds = tx.rounds.of(it.pull_request)
        return all(each.number <= it.number or each.state is RoundState.WAITING for each in rounds)

    def _noted(self, tx: Tx, round_: str, review: int) -> None:
        """Note a review that everybody sees; the first one of a pull request holds its summary."""
        tx.rounds.reviewed(round_, review)
        pull_request = tx.pull_requests.get(tx.rounds.get(round_).pull_request)
        if pull_request.summary is None:
            tx.pull_requests.summarised(pull_request.id, review)

    def _superseded(self, tx: Tx, round_: str) -> Json:
        self._leave(tx, round_, RoundState.SUPERSEDED)
        return _SUPERSEDED

    def _asked(self, questions: Sequence[int]) -> list[Asked]:
        with self.store.begin() as tx:
            found = [tx.questions.get(each) for each in questions]
        return [one for one in found if one is not None]

    def _summary(self, marked: str, unplaced: Sequence[Asked]) -> str:
        """Return the summary of a pull request's newest report, with the marker of the round that owns it."""
        with self.store.begin() as tx:
            pull_request = tx.rounds.get(marked).pull_request
            report = tx.rounds.newest_report(pull_request)
            earlier = [
                one
                for one in tx.questions.of(pull_request)
                if not one.inline and one.state is QuestionState.ASKED
            ]
        known = {one.id for one in unplaced}
        questions = [*unplaced, *(one for one in earlier if one.id not in known)]
        marker = github.review_marker(marked)
        if report is None:
            return github.unread(marker)
        return github.summary(report, self.reader.asks, questions, marker)

    def _posted(self, tx: Tx, questions: Sequence[int], published: Json) -> int:
        """Note which questions were published; return how many."""
        if published.get("review") is None:
            return 0
        posted = [number for number in questions if tx.questions.get(number)]
        for number in posted:
            comment = published["comments"].get(str(number))
            tx.questions.set(number, QuestionState.ASKED, self.now(), comment)
        return len(posted)

    def _end(self, tx: Tx, round_: str, questions: Sequence[int], published: Json) -> Json:
        """Note what was posted, and try an incomplete reading again."""
        it, pull_request, _ = _of(tx, round_)
        asked = self._posted(tx, questions, published)
        complete = it.report is not None and it.report.complete
        retry = None
        if not complete:
            retry = self._again(tx, pull_request)
        state = RoundState.PUBLISHED if complete else RoundState.INCOMPLETE
        tx.rounds.state(round_, state, self.now())
        if it.report is None:
            title, text = github.check_unread(retry)
        else:
            title, text = github.check_result(it.report, asked, retry)
        return {"state": state, "title": title, "text": text}

    def _again(self, tx: Tx, pull_request: PullRequest) -> str | None:
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

    def _stopped(
        self,
        steps: Steps,
        round_: str,
        why: str,
        questions: Sequence[int] = (),
        published: Json | None = None,
    ) -> Json:
        def stop(tx: Tx) -> Json:
            if published and published.get("submitted"):
                self._posted(tx, questions, published)
            self._leave(tx, round_, RoundState.STOPPED, why)
            title, text = github.check_stopped(why)
            return {"state": RoundState.STOPPED, "title": title, "text": text}

        return steps.tx("stop", stop)

    def _leave(self, tx: Tx, round_: str, state: RoundState, why: str = "") -> None:
        """End a round that has not said all it found: what it chose and nobody was asked is free again."""
        tx.questions.forget(round_)
        tx.rounds.state(round_, state, self.now(), why)


_NOTHING: Json = {"outcome": "done", "review": None, "comments": {}}
_SUPERSEDED: Json = {
    "state": RoundState.SUPERSEDED,
    "title": "Superseded",
    "text": "A newer commit is read instead.",
}


def _of(tx: Tx, round_: str) -> tuple[Round, PullRequest, Capstone]:
    it = tx.rounds.get(round_)
    pull_request = tx.pull_requests.get(it.pull_request)
    return it, pull_request, tx.capstones.get(pull_request.capstone)


def _speaks(it: Round, pull_request: PullRequest, capstone: Capstone) -> bool:
    """Say whether a round may say something: a quietened pull request speaks when somebody asks."""
    return capstone.speaks and (not pull_request.quiet or it.trigger is Trigger.ASKED)


def _asked(it: Round, number: int, places: Sequence[Sequence[int | str] | None]) -> Asked:
    """Make a row of a report's question; its lines are those that a comment can stand on."""
    if it.report is None:
        raise AssertionError("questions come from a report")
    question, place = it.report.questions[number], places[number]
    citation = question.citation
    path, start, end = place or (citation.path, citation.line_start, citation.line_end)
    return Asked(
        id=0,
        round=it.id,
        check=question.check,
        text=question.text,
        fingerprint=asking.fingerprint(question.check, citation.quote),
        path=str(path),
        side=citation.side,
        line_start=int(start),
        line_end=int(end),
        quote=citation.quote,
        inline=place is not None,
        state=QuestionState.PROPOSED,
        comment=None,
    )
