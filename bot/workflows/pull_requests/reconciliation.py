"""What keeps capstones up to date without an event: baselines, reconciliation, held questions.

A host never brings a failed delivery again by itself, and some installations no webhook can reach at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests.records import PublishPolicy, QuestionState, RoundState
from bot.domain.review.report import Movement, Report
from bot.ports.code_host import CheckOutput, CodeHost, HostRepository, MissedDelivery
from bot.ports.engine import RETRIED, DeadLetter, Json, Steps
from bot.ports.store import Job, LedgerMovement, Store, Tx
from bot.rendering.pull_requests import github_posts
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.event_handling import EventHandler
from bot.workflows.pull_requests.question_approval import QuestionApproval
from bot.workflows.pull_requests.recovery import PublishedReviewRecovery
from bot.workflows.pull_requests.review_posting import HostedHead, ReviewPoster
from bot.workflows.pull_requests.round_publishing import of
from bot.workflows.pull_requests.snapshots import as_json, save_snapshot

log = structlog.get_logger(__name__)

# GitHub keeps deliveries for three days.
MISSED_SINCE = timedelta(days=3)
# Asked again after ten minutes, twenty, forty …: eight times within a day. What happened is read without it.
ASK_AGAIN_AFTER = timedelta(minutes=10)
MOST_ASKS = 8
MOST_ASKS_AT_ONCE = 100
MOST_TAKEN_AT_ONCE = 100
"""Pull requests of one transaction: anybody can open thousands, and nobody else writes meanwhile."""
_CONCLUDES = "conclude:"
_GAVE_UP = (RoundState.READING, RoundState.FAILED)


class TreeReader(Protocol):
    """Reads a whole tree."""

    def tree(self, repository: HostRepository, head: str, standing: SurvivingQuotes) -> Report:
        """Read every file at a commit, and look there for the quotes of ``standing``."""


@dataclass(frozen=True)
class Reconciliation:
    """The workflows ``baseline``, ``reconcile``, ``sweep``, ``questions`` and ``conclude``."""

    host: CodeHost
    store: Store
    reader: TreeReader
    inbox: EventHandler
    now: Callable[[], datetime]

    def baseline(self, steps: Steps, argument: Json) -> Json:
        """Fill a capstone's ledger from its default branch, and drop what does not stand there any more."""
        capstone: int = argument["capstone"]
        pushed: bool = argument.get("pushed", False)
        read = insist(steps, "read", lambda: self._baseline(capstone, pushed=pushed))
        return {"outcome": read["outcome"]}

    def _baseline(self, capstone: int, *, pushed: bool) -> Json:
        """Read and keep; the same again replaces itself, so this may be repeated.

        After a push nothing is read if the head is the one that was read last, and all of it.
        """
        with self.store.begin() as tx:
            it, kept = tx.capstones.get(capstone), tx.ledgers.of(capstone)
        repository = self.host.repository(it)
        head = self.host.branch_head(repository, repository.default_branch)
        whole = f"baseline:{it.repository}:{capstone}"
        with self.store.begin() as tx:
            if pushed and tx.effects.of(whole) == (True, head):
                return {"head": head, "complete": True}
        merged = [each for each in kept if not each.pending and each.source != "baseline"]
        standing = SurvivingQuotes(
            citation for each in merged for citation in each.movement.citations if citation.source == "commit"
        )
        report = self.reader.tree(repository, head, standing)
        found = list(report.movements)
        if not report.final:
            # What was not found may stand where nobody has looked.
            known = {(each.check, each.direction) for each in found}
            before = (each.movement for each in kept if each.source == "baseline")
            found += [each for each in before if (each.check, each.direction) not in known]
        with self.store.begin() as tx:
            if report.final:
                for source in {each.source for each in merged}:
                    left = [m for each in merged if each.source == source for m in _left(each, standing)]
                    tx.ledgers.record(capstone, source, left, pending=False)
            tx.ledgers.record(capstone, "baseline", found, pending=False)
            tx.effects.begin(whole, self.now())
            tx.effects.done(whole, head if report.final else "", self.now())
        return {"head": head, "complete": report.complete}

    def reconcile(self, steps: Steps, argument: Json) -> Json:
        """Look at a capstone's pull requests as they are now, and read what no event has told of."""
        capstone: int = argument["capstone"]
        listed = insist(steps, "list", lambda: self._open(capstone))
        if listed["outcome"] != "done":
            return {"outcome": listed["outcome"]}
        missing = steps.tx(
            "open", lambda tx: self._compare(tx, capstone, listed, argument.get("stopped", False))
        )
        # The record of an earlier version does not say, as its one step took all of them.
        stopped = missing.get("stopped", False)
        for part in range(1, missing.get("parts", 1)):
            take = partial(self._take_part, capstone=capstone, listed=listed, part=part, stopped=stopped)
            steps.tx(f"open.{part}", take)
        for number in missing["closed"]:
            gone = insist(steps, f"closed.{number}", lambda n=number: self._one(capstone, n))  # type: ignore[misc]
            if gone["outcome"] == "done":
                steps.tx(f"close.{number}", lambda tx, it=gone: self._close(tx, capstone, it["one"]))  # type: ignore[misc]
        return {"outcome": "done", "open": len(listed["open"])}

    def _open(self, capstone: int) -> Json:
        with self.store.begin() as tx:
            it = tx.capstones.get(capstone)
        repository = self.host.repository(it)
        return {
            "before": it.installation,
            "installation": repository.installation,
            "open": [as_json(each) for each in self.host.open_pull_requests(repository)],
        }

    def _one(self, capstone: int, number: int) -> Json:
        with self.store.begin() as tx:
            it = tx.capstones.get(capstone)
        return {"one": as_json(self.host.pull_request(self.host.repository(it), number))}

    def _compare(self, tx: Tx, capstone: int, listed: Json, stopped: bool) -> Json:
        """Take the first part; return what is not listed any more, and in how many parts all are taken."""
        it = tx.capstones.get(capstone)
        if not self._is_watched(tx, capstone, listed):
            return {"closed": []}
        if it.installation == listed["before"] != listed["installation"]:
            # Nobody has told that the App is installed (again): what stopped for want of it goes on.
            tx.capstones.installed(it.repository, listed["installation"])
            stopped = True
        self._take_part(tx, capstone=capstone, listed=listed, part=0, stopped=stopped)
        numbers = {each["number"] for each in listed["open"]}
        return {
            "closed": [one.number for one in tx.pull_requests.open(capstone) if one.number not in numbers],
            "stopped": stopped,
            "parts": -(-len(numbers) // MOST_TAKEN_AT_ONCE),
        }

    def _take_part(self, tx: Tx, *, capstone: int, listed: Json, part: int, stopped: bool) -> Json:
        """Keep some of the listed pull requests as they are now, and let them be read."""
        if self._is_watched(tx, capstone, listed):
            first = part * MOST_TAKEN_AT_ONCE
            for each in listed["open"][first : first + MOST_TAKEN_AT_ONCE]:
                pull_request = save_snapshot(tx, capstone, each)
                if pull_request.state == "open":  # not closed since it was listed
                    self.inbox.read(tx, pull_request, stopped=stopped)
        return {}

    def _is_watched(self, tx: Tx, capstone: int, listed: Json) -> bool:
        """Say whether a capstone goes on, and its App has not gone since its pull requests were listed."""
        it = tx.capstones.get(capstone)
        return not it.ended and not (it.installation is None and listed["before"] is not None)

    def _close(self, tx: Tx, capstone: int, it: Json) -> Json:
        if it["state"] != "open":
            self.inbox.close(tx, tx.capstones.get(capstone), save_snapshot(tx, capstone, it))
        return {}

    def sweep(self, steps: Steps, argument: Json) -> Json:
        """Ask the host to bring again what it could not bring, and what we know nothing of.

        Each less and less often, and not all at once: where nothing can arrive the host is not to be flooded.
        Who has just started (``all``) listens again, and asks for what was long given up as well.
        """
        everything = argument.get("all", False)

        def ask() -> Json:
            missed = self.host.missed_deliveries(self.now() - MISSED_SINCE)
            with self.store.begin() as tx:
                known = tx.deliveries.known([each.guid for each in missed])
            again = [
                each for each in missed if each.guid not in known and (everything or _due(each, self.now()))
            ]
            again = sorted(again, key=lambda each: (each.tries, each.at))[:MOST_ASKS_AT_ONCE]
            for each in again:
                self.host.redeliver(each.id)
            return {"again": len(again)}

        return insist(steps, "sweep", ask)

    def questions(self, steps: Steps, argument: Json) -> Json:
        """Post the questions that a sensei has kept, all of one round, as one review."""
        return QuestionApproval(self.host, self.store, self.now).run(steps, argument)

    def bury(self, tx: Tx, dead: Sequence[DeadLetter]) -> None:
        """Let what gave up of rounds come to an end, so that none waits for them.

        Until it is known what such a round has shown (``conclude``) later ones wait for it, and so do
        answers to its questions; but not for ever, if that cannot be found out either. What it chose stays: a
        person may let it go on. It is free again once a later round chooses.
        """
        for letter in dead:
            identity = letter.id.partition(RETRIED)[0]
            round_ = identity.removeprefix(_CONCLUDES)
            if letter.name not in {"review", "conclude"}:
                continue
            it = tx.rounds.get(round_)
            if it.state is not RoundState.READING:
                continue
            if letter.name == "review":
                tx.rounds.state(round_, RoundState.READING, self.now(), letter.error)
                tx.jobs.add(Job(f"{_CONCLUDES}{round_}", "conclude", {"round": round_}, self.now()))
            else:
                tx.rounds.state(round_, RoundState.FAILED, self.now(), it.error or letter.error)

    def conclude(self, steps: Steps, argument: Json) -> Json:
        """Note what a round that gave up has shown, and say in its check run that nobody goes on with it."""
        round_: str = argument["round"]
        begun = steps.tx("begin", lambda tx: self._begin_to_conclude(tx, round_))
        if not begun["go"]:
            return {"outcome": "done"}
        title, text = github_posts.check_gave_up()
        if begun.get("looks"):  # the record of an earlier version does not say
            # If the App may not look any more, whoever reads this pull request next looks before it speaks.
            PublishedReviewRecovery(self.host, self.store, self.now).run(steps, [round_])
            ended = steps.tx("end", lambda tx: self._end_of_gave_up(tx, round_))
            title, text = ended["title"], ended["text"]

        def conclude() -> Json:
            with self.store.begin() as tx:
                it, pull_request, capstone = of(tx, round_)
            publisher = ReviewPoster(self.host, self.store, self.now)
            where = HostedHead(self.host.repository(capstone), pull_request.number, it.head)
            check = publisher.begun_check(lambda: where, round_)
            if check is None:
                return {}
            return publisher.conclude(where.repository, check, CheckOutput(title, text, "neutral"))

        return {"outcome": insist(steps, "conclude", conclude)["outcome"]}

    def _begin_to_conclude(self, tx: Tx, round_: str) -> Json:
        """Go on if nobody has let the round go on to its end meanwhile."""
        return {"go": tx.rounds.get(round_).state in _GAVE_UP, "looks": True}

    def _end_of_gave_up(self, tx: Tx, round_: str) -> Json:
        """Let nobody wait for a round any more; return its check run's title and text."""
        it, pull_request, capstone = of(tx, round_)
        if it.state is RoundState.READING:
            tx.rounds.state(round_, RoundState.FAILED, self.now(), it.error)
        title, text = github_posts.check_gave_up()
        if it.state is RoundState.PUBLISHED and it.report is not None:
            mine = [one for one in tx.questions.of(pull_request.id) if one.round == round_]
            asked = sum(one.state is not QuestionState.PROPOSED for one in mine)
            beforehand = capstone.publish is PublishPolicy.SENSEI_FIRST
            title, text = github_posts.check_result(it.report, None if beforehand else asked, None)
        return {"title": title, "text": text}

    def look_round(
        self, tx: Tx, moment: datetime, going_on: Sequence[str] = (), *, starting: bool = False
    ) -> None:
        """Add the jobs that look at everything: at the start, and every so often.

        ``going_on`` are the ids of workflows that have not ended: what still looks is not joined by another.
        """
        busy = {identity.rpartition(":")[0] for identity in going_on}
        stamp = f"{moment:%Y%m%dT%H%M%S}"
        for capstone in tx.capstones.all():
            looks = f"reconcile:{capstone.repository}"
            if looks not in busy:
                tx.jobs.add(Job(f"{looks}:{stamp}", "reconcile", {"capstone": capstone.id}, moment))
        if starting or "sweep" not in busy:
            tx.jobs.add(Job(f"sweep:{stamp}", "sweep", {"all": starting}, moment))


def _due(missed: MissedDelivery, moment: datetime) -> bool:
    """Say whether the host is to bring a delivery again now."""
    asked = missed.tries - 1
    return not asked or (asked < MOST_ASKS and moment - missed.at >= ASK_AGAIN_AFTER * 2 ** (asked - 1))


def _left(kept: LedgerMovement, standing: SurvivingQuotes) -> list[Movement]:
    """Return a movement with the citations that still stand; nothing if none does."""
    citations = tuple(
        each for each in kept.movement.citations if each.source != "commit" or standing.stands(each)
    )
    return [kept.movement.model_copy(update={"citations": citations})] if citations else []
