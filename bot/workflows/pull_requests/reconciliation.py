"""Keeping capstones up to date without events: baselines, reconciliation, missed deliveries.

GitHub never retries a failed delivery by itself, and webhooks can't reach some installations of Sensei at
all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.domain.pull_requests.question_counts import count_questions
from bot.domain.pull_requests.records import PublishPolicy, RoundState
from bot.ports.code_host import CheckOutput, CodeHost, MissedDelivery
from bot.ports.deliveries import unknown_pull_request
from bot.ports.engine import RETRY_SEPARATOR, DeadLetter, Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.rendering.pull_requests import check_runs
from bot.workflows.decisions.record_import import RecordFileImport
from bot.workflows.jobs.retry import GaveUpError, insist
from bot.workflows.pull_requests.baseline_reading import BaselineReading, TreeReader
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.missed_comments import MissedComments
from bot.workflows.pull_requests.question_approval import QuestionApproval
from bot.workflows.pull_requests.recovery import PublishedReviewRecovery
from bot.workflows.pull_requests.review_posting import HostedHead, ReviewPoster
from bot.workflows.pull_requests.round_publishing import load_round
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot
from bot.workflows.pull_requests.visible_questions import list_visible, number_decisions

log = structlog.get_logger(__name__)

# GitHub stores deliveries for three days.
MISSED_SINCE = timedelta(days=3)
# Sensei asks again after 10, 20, 40 … minutes, 8 times within a day. Reconciliation works without these.
ASK_AGAIN_AFTER = timedelta(minutes=10)
MOST_ASKS = 8
MOST_ASKS_AT_ONCE = 100
MOST_TAKEN_AT_ONCE = 100
"""Maximum pull requests in one transaction. Anyone can open thousands, and others can't write meanwhile."""
_CONCLUDES = "conclude:"
_TOLD = "told."
"""The start of the last part of a job's id if an event has named a new installation."""
_GAVE_UP = (RoundState.READING, RoundState.FAILED)


@dataclass(frozen=True)
class Reconciliation:
    """The workflows ``baseline``, ``reconcile``, ``sweep``, ``questions`` and ``conclude``.

    Without ``records``, decision records in files are not read back.
    """

    host: CodeHost
    store: Store
    reader: TreeReader
    inbox: EventHandler
    now: Callable[[], datetime]
    records: RecordFileImport | None = None

    def baseline(self, steps: Steps, argument: Json) -> Json:
        """Fill a capstone's ledger from its default branch, and delete entries whose evidence is gone."""
        return BaselineReading(self.host, self.store, self.reader, self.now, self.records).run(
            steps, argument
        )

    def reconcile(self, steps: Steps, argument: Json) -> Json:
        """Compare a capstone's pull requests with GitHub, and read changes that no event reported.

        If GitHub does not answer for hours, that is no dead letter, since the next reconciliation does the
        same.
        """
        try:
            return self._reconcile(steps, argument)
        except GaveUpError as failed:
            log.warning("reconcile.gave_up", capstone=argument["capstone"], why=str(failed))
        if argument.get("stopped", False):  # what the next periodic one would not do
            steps.tx("again", lambda tx: self._reconcile_again(tx, argument))
        return {"outcome": "later"}

    def _reconcile_again(self, tx: Tx, argument: Json) -> Json:
        prefix = f"reconcile:{tx.capstones.get(argument['capstone']).repository}:{_TOLD}"
        due = self.now() + ASK_AGAIN_AFTER
        tx.jobs.replace(prefix, Job(f"{prefix}{_format_stamp(due)}", "reconcile", argument, due))
        return {}

    def _reconcile(self, steps: Steps, argument: Json) -> Json:
        capstone: int = argument["capstone"]
        listed = insist(steps, "list", lambda: self._list_open(capstone))
        if listed["outcome"] != "done":
            return {"outcome": listed["outcome"]}
        missing = steps.tx(
            "open", lambda tx: self._compare(tx, capstone, listed, argument.get("stopped", False))
        )
        # Records by an earlier version lack this, since one step handled all pull requests.
        stopped = missing.get("stopped", False)
        for part in range(1, missing.get("parts", 1)):
            take = partial(self._take_part, capstone=capstone, listed=listed, part=part, stopped=stopped)
            steps.tx(f"open.{part}", take)
        for number in missing["closed"]:
            current = insist(steps, f"closed.{number}", partial(self._look_up, capstone, number))
            if current["outcome"] == "done":
                close = partial(self._close_unlisted, capstone=capstone, snapshot=current["one"])
                steps.tx(f"close.{number}", close)
        return {"outcome": "done", "open": len(listed["open"])}

    @property
    def _comments(self) -> MissedComments:
        return MissedComments(self.host, self.store, self.inbox, self.now)

    def _list_open(self, capstone: int) -> Json:
        with self.store.read() as tx:
            capstone_row = tx.capstones.get(capstone)
        repository = self.host.repository(capstone_row)
        self._comments.find(repository)
        return {
            "before": capstone_row.installation,
            "installation": repository.installation,
            "open": [as_json(pull_request) for pull_request in self.host.open_pull_requests(repository)],
        }

    def _look_up(self, capstone: int, number: int) -> Json:
        with self.store.read() as tx:
            capstone_row = tx.capstones.get(capstone)
        return {"one": as_json(self.host.pull_request(self.host.repository(capstone_row), number))}

    def _compare(self, tx: Tx, capstone: int, listed: Json, stopped: bool) -> Json:
        """Process the first part; return the pull requests no longer listed, and the number of parts."""
        capstone_row = tx.capstones.get(capstone)
        if not self._is_watched(tx, capstone, listed):
            return {"closed": []}
        if capstone_row.installation == listed["before"] != listed["installation"]:
            # No event said that the App is installed (again); rounds that stopped can continue.
            tx.capstones.set_installation(capstone_row.repository, listed["installation"])
            stopped = True
        self._take_part(tx, capstone=capstone, listed=listed, part=0, stopped=stopped)
        numbers = {snapshot["number"] for snapshot in listed["open"]}
        return {
            "closed": [
                stored.number
                for stored in tx.pull_requests.list_open(capstone)
                if stored.number not in numbers
            ],
            "stopped": stopped,
            "parts": -(-len(numbers) // MOST_TAKEN_AT_ONCE),
        }

    def _take_part(self, tx: Tx, *, capstone: int, listed: Json, part: int, stopped: bool) -> Json:
        """Store the current state of one part of the listed pull requests, and schedule their rounds."""
        if self._is_watched(tx, capstone, listed):
            first = part * MOST_TAKEN_AT_ONCE
            for snapshot in listed["open"][first : first + MOST_TAKEN_AT_ONCE]:
                pull_request = save_snapshot(tx, capstone, snapshot)
                tx.deliveries.wake(unknown_pull_request(pull_request.number))
                if pull_request.state == "open":  # not closed since it was listed
                    self.inbox.schedule_round(tx, pull_request, retry_stopped=stopped)
        return {}

    def _is_watched(self, tx: Tx, capstone: int, listed: Json) -> bool:
        """Return whether a capstone is active and its App has not been removed since the listing."""
        capstone_row = tx.capstones.get(capstone)
        return not capstone_row.ended and not (
            capstone_row.installation is None and listed["before"] is not None
        )

    def _close_unlisted(self, tx: Tx, capstone: int, snapshot: Json) -> Json:
        if snapshot["state"] != "open":
            self.inbox.close_pull_request(
                tx, tx.capstones.get(capstone), save_snapshot(tx, capstone, snapshot)
            )
        return {}

    def sweep(self, steps: Steps, argument: Json) -> Json:
        """Ask GitHub to send deliveries again that failed and never arrived.

        Sensei requests each delivery at growing intervals, and only some at a time. So it does not flood
        GitHub if deliveries can't arrive at all. With ``all``, after a start, it requests every delivery,
        also those that it had given up on, page by page.
        """
        everything = argument.get("all", False)
        try:
            first = insist(steps, "sweep", lambda: self._ask_for_missed(everything=everything))
            if first["outcome"] != "done":
                return first
            again = first["again"]
            # Records by an earlier version lack the further pages, since it requested only one.
            for number, page in enumerate(first.get("pages", []), 1):
                asked = insist(steps, f"sweep.{number}", partial(self._ask_for, page))
                again += asked.get("again", 0)
        except GaveUpError as failed:  # no dead letter, since the next sweep does the same
            log.warning("sweep.gave_up", why=str(failed))
            return {"outcome": "later"}
        return {"outcome": "done", "again": again}

    def _ask_for_missed(self, *, everything: bool) -> Json:
        """Request the first page of missed deliveries; return how many, and the further pages."""
        missed = self.host.missed_deliveries(self.now() - MISSED_SINCE)
        with self.store.read() as tx:
            known = tx.deliveries.find_known([delivery.guid for delivery in missed])
        left = [delivery for delivery in missed if delivery.guid not in known]
        if everything:
            left.sort(key=lambda delivery: delivery.at)
        else:
            due = (delivery for delivery in left if _is_due(delivery, self.now()))
            left = sorted(due, key=lambda delivery: (delivery.tries, delivery.at))[:MOST_ASKS_AT_ONCE]
        rows = [[delivery.id, delivery.guid] for delivery in left]
        pages = [rows[start : start + MOST_ASKS_AT_ONCE] for start in range(0, len(rows), MOST_ASKS_AT_ONCE)]
        asked = self._ask_for(pages[0]) if pages else {"again": 0}
        return {**asked, "pages": pages[1:]} if everything else asked

    def _ask_for(self, page: Sequence[Sequence[Any]]) -> Json:
        """Request deliveries, given as their ids and guids, except those that have arrived meanwhile."""
        with self.store.read() as tx:
            known = tx.deliveries.find_known([guid for _, guid in page])
        missing = [id_ for id_, guid in page if guid not in known]
        for id_ in missing:
            self.host.redeliver(id_)
        return {"again": len(missing)}

    def questions(self, steps: Steps, argument: Json) -> Json:
        """Post the questions of one round that a sensei has kept, as one review."""
        return QuestionApproval(self.host, self.store, self._comments, self.now).run(steps, argument)

    def bury(self, tx: Tx, dead: Sequence[DeadLetter]) -> None:
        """End the rounds whose workflow gave up, so that nothing waits for them.

        ``conclude`` first finds out what such a round has posted. Until then, later rounds and answers to its
        questions wait. If ``conclude`` gives up too, the round fails. Its chosen questions remain, since an
        operator may resume it, until a later round chooses its own.
        """
        for letter in dead:
            identity = letter.id.partition(RETRY_SEPARATOR)[0]
            round_ = identity.removeprefix(_CONCLUDES)
            if letter.name not in {"review", "conclude"}:
                continue
            dead_round = tx.rounds.find(round_)
            if dead_round is None or dead_round.state is not RoundState.READING:
                continue
            if letter.name == "review":
                tx.rounds.set_state(round_, RoundState.READING, self.now(), letter.error)
                tx.jobs.add(Job(f"{_CONCLUDES}{round_}", "conclude", {"round": round_}, self.now()))
            else:
                tx.rounds.set_state(round_, RoundState.FAILED, self.now(), dead_round.error or letter.error)

    def conclude(self, steps: Steps, argument: Json) -> Json:
        """Store what a round that gave up has posted, and complete its check run."""
        round_: str = argument["round"]
        begun = steps.tx("begin", lambda tx: self._begin_to_conclude(tx, round_))
        if not begun["go"]:
            return {"outcome": "done"}
        title, text = check_runs.check_gave_up()
        if begun.get("looks"):  # missing in records by an earlier version
            # If the App no longer has access, the next round of this pull request checks before it posts.
            PublishedReviewRecovery(self.host, self.store, self.now).run(steps, [round_])
            ended = steps.tx("end", lambda tx: self._end_given_up(tx, round_))
            title, text = ended["title"], ended["text"]

        def conclude() -> Json:
            with self.store.read() as tx:
                this_round, pull_request, capstone = load_round(tx, round_)
            publisher = ReviewPoster(self.host, self.store, self.now)
            head = HostedHead(self.host.repository(capstone), pull_request.number, this_round.head)
            check = publisher.find_begun_check(lambda: head, round_)
            if check is None:
                return {}
            return publisher.conclude(head.repository, check, CheckOutput(title, text, "neutral"))

        return {"outcome": insist(steps, "conclude", conclude)["outcome"]}

    def _begin_to_conclude(self, tx: Tx, round_: str) -> Json:
        """Continue, unless an operator has resumed the round meanwhile and it has ended."""
        return {"go": tx.rounds.get(round_).state in _GAVE_UP, "looks": True}

    def _end_given_up(self, tx: Tx, round_: str) -> Json:
        """End a round that gave up; return the title and text of its check run."""
        this_round, pull_request, capstone = load_round(tx, round_)
        if this_round.state is RoundState.READING:
            tx.rounds.set_state(round_, RoundState.FAILED, self.now(), this_round.error)
        title, text = check_runs.check_gave_up()
        if this_round.state is RoundState.PUBLISHED and this_round.report is not None:
            counts = count_questions(
                asked := list_visible(tx, pull_request.id),
                sensei_first=capstone.publish is PublishPolicy.SENSEI_FIRST,
                decisions=number_decisions(tx, asked),
            )
            title, text = check_runs.check_result(this_round.report, counts, None)
        return {"title": title, "text": text}

    def add_periodic_jobs(
        self, tx: Tx, moment: datetime, going_on: Sequence[str] = (), *, starting: bool = False
    ) -> Sequence[str]:
        """Add the jobs that reconcile every capstone and sweep deliveries, at the start and periodically.

        ``going_on`` are the ids of workflows that have not ended. Periodically, what has not ended gets no
        second job. At the start, the new job replaces it: an earlier process may have looked at GitHub before
        a long pause. Return the ids of the workflows to cancel for that.
        """
        replaced: list[str] = []
        running = frozenset(going_on)
        waiting = [*tx.jobs.list_waiting("reconcile:"), *tx.jobs.list_waiting("sweep:")]
        unfinished: dict[str, list[str]] = {}
        for identity in (*running, *waiting):
            unfinished.setdefault(identity.rpartition(":")[0], []).append(identity)
        stamp = _format_stamp(moment)
        arguments: dict[str, Json] = {
            f"reconcile:{capstone.repository}": {"capstone": capstone.id} for capstone in tx.capstones.all()
        }
        arguments["sweep"] = {"all": starting}
        for prefix, argument in arguments.items():
            earlier = unfinished.get(prefix, [])
            if earlier and not starting:
                continue
            told = any(identity.startswith(f"{prefix}:{_TOLD}") for identity in earlier)
            job = Job(f"{prefix}:{stamp}", prefix.partition(":")[0], argument, moment)
            if told:  # an event named a new installation, which must not be forgotten
                job = replace(job, id=f"{prefix}:{_TOLD}{stamp}", argument={**argument, "stopped": True})
            tx.jobs.replace(f"{prefix}:", job)
            replaced += [identity for identity in earlier if identity in running]
        return replaced


def _format_stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"


def _is_due(missed: MissedDelivery, moment: datetime) -> bool:
    """Return whether it is time to request a delivery again."""
    asked = missed.tries - 1
    return not asked or (asked < MOST_ASKS and moment - missed.at >= ASK_AGAIN_AFTER * 2 ** (asked - 1))
