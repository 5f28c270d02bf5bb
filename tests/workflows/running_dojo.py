"""A capstone in a real database, deliveries to it, and a clock that tests move."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.domain.pull_requests.records import (
    Account,
    AskedQuestion,
    Capstone,
    QuestionState,
    Round,
    RoundState,
    Trigger,
)
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.workflows.pull_requests.event_handling import EventHandler
from tests.workflows.shop import RULES

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
QUIET = 180
ADA, SEN, BO = Account(1, "ada"), Account(2, "sen"), Account(3, "bo")
RENOVATE = Account(4, "renovate[bot]", is_bot=True)
_numbers = itertools.count(1000)
Payload = dict[str, Any]


def sha(letter: str) -> str:
    return letter * 40


@dataclass
class Dojo:
    """One enrolled repository, its pull request 1, and what is known of them."""

    engine: sa.Engine
    clock: datetime = START
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        self.store = SqlStore(self.engine, "github.com", self.now)
        self.inbox = EventHandler(self.now, QUIET, load_rules=lambda: RULES)
        self.capstone = self.enrol()

    def now(self) -> datetime:
        return self.clock

    def wait(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def enrol(self, participant: Account = ADA) -> Capstone:
        with self.store.begin() as tx:
            return tx.capstones.add(
                cohort="dojo",
                repository=self.number,
                owner="ada",
                name=f"desk{self.number}",
                default_branch="main",
                installation=9,
                participant=participant,
                sensei=SEN,
                publish=None,
                at=self.now(),
            )

    def deliver(self, event: str, payload: Payload | bytes, guid: str | None = None) -> str:
        """Receive a delivery and handle it; return how it ended, or ``again`` if its id was known."""
        guid = guid or f"guid-{next(_numbers)}"
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        with self.store.begin() as tx:
            tx.deliveries.receive(Delivery(guid, event, body), self.now())
        with self.store.begin() as tx:
            if not self.inbox.handle(tx, guid):
                return "again"
        with self.engine.connect() as connection:
            state = sa.text("SELECT state FROM delivery WHERE guid = :guid")
            return str(connection.execute(state, {"guid": guid}).scalar_one())

    def repository(self, **changes: Any) -> Payload:
        name = f"desk{self.number}"
        return {
            "id": self.number,
            "owner": {"login": "ada"},
            "name": name,
            "default_branch": "main",
            **changes,
        }

    def pull_request(self, action: str, head: str, at: float | None = None, **more: Any) -> Payload:
        """The payload of a pull request's event; ``at`` are the host's seconds, by default this moment."""
        moment = self.clock if at is None else START + timedelta(seconds=at)
        author: Account = more.pop("author", ADA)
        changes = more.pop("changes", {})
        it = {
            "number": 1,
            "state": "open",
            "draft": False,
            "user": user(author),
            "head": {"sha": sha(head)},
            "base": {"ref": "main"},
            "updated_at": moment.isoformat(),
            **more,
        }
        return {
            "action": action,
            "repository": self.repository(),
            "installation": {"id": 9},
            "pull_request": it,
            "changes": changes,
            "sender": user(author),
        }

    def comment(
        self,
        body: str,
        author: Account,
        action: str = "created",
        comment: int | None = None,
        thread: int | None = None,
        by: Account | None = None,
        at: float | None = None,
    ) -> tuple[str, Payload]:
        """The event of a comment on the pull request, or in the thread of another comment.

        ``by`` is who did this to the comment, if not its author; ``at`` are the host's seconds of its words,
        by default this moment.
        """
        moment = self.clock if at is None else START + timedelta(seconds=at)
        it: Payload = {"id": comment or next(_numbers), "user": user(author), "body": body}
        it["updated_at"] = moment.isoformat()
        sender = user(by or author)
        payload = {"action": action, "repository": self.repository(), "comment": it, "sender": sender}
        if thread is None:
            return "issue_comment", {**payload, "issue": {"number": 1, "pull_request": {}}}
        it["in_reply_to_id"] = thread
        return "pull_request_review_comment", {**payload, "pull_request": {"number": 1}}

    def rounds(self) -> list[Round]:
        with self.store.begin() as tx:
            found = tx.pull_requests.find(self.capstone.id, 1)
            return list(tx.rounds.of(found.id)) if found else []

    def state(self, state: RoundState) -> None:
        """Let the last round be in a state, as its workflow would."""
        with self.store.begin() as tx:
            tx.rounds.set_state(self.rounds_in(tx)[-1].id, state, self.now())

    def rounds_in(self, tx: Any) -> list[Round]:
        found = tx.pull_requests.find(self.capstone.id, 1)
        return list(tx.rounds.of(found.id)) if found else []

    def jobs(self, kind: str) -> list[Job]:
        """The jobs of a kind that are this repository's, whenever they are due."""
        with self.store.begin() as tx:
            due = tx.jobs.due(self.now() + timedelta(days=9), 10_000)
        mine = str(self.number)
        return [job for job in due if job.kind == kind and mine in job.id.replace("#", ":").split(":")]

    def ask_in_check_in(self, state: QuestionState = QuestionState.ASKED) -> int:
        """Ask a question that belongs to no pull request; return its id."""
        with self.store.begin() as tx:
            asked = question("", state=state, inline=False, head=sha("a"))
            return tx.questions.add_private(self.capstone.id, asked, self.now())

    def ask(self, comment: int | None, state: QuestionState = QuestionState.ASKED, **changes: Any) -> int:
        """Ask a question of pull request 1; return its id."""
        with self.store.begin() as tx:
            pull_request = tx.pull_requests.find(self.capstone.id, 1)
            if pull_request is None:
                pull_request = tx.pull_requests.save(
                    self.capstone.id,
                    1,
                    state="open",
                    draft=False,
                    author=ADA,
                    head=sha("a"),
                    base_ref="main",
                    at=self.now(),
                )
            rounds = tx.rounds.of(pull_request.id)
            last = (
                rounds[-1]
                if rounds
                else tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), self.now())
            )
            tx.questions.add(last.id, [question(last.id, **changes)], self.now())
            made = tx.questions.of(pull_request.id)[-1]
            tx.questions.set_state(made.id, state, self.now(), comment)
            return made.id

    def questions(self) -> list[str]:
        with self.store.begin() as tx:
            found = tx.pull_requests.find(self.capstone.id, 1)
            return [one.state for one in tx.questions.of(found.id)] if found else []


def user(account: Account) -> Payload:
    return {"id": account.id, "login": account.login, "type": "Bot" if account.is_bot else "User"}


def question(round_: str, **changes: Any) -> AskedQuestion:
    plain: dict[str, Any] = {
        "id": 0,
        "round": round_,
        "check": "speed.1",
        "text": "Why?",
        "fingerprint": f"{next(_numbers):064}",
        "path": "desk.py",
        "side": "head",
        "line_start": 1,
        "line_end": 1,
        "quote": "x = 1",
        "inline": True,
        "state": QuestionState.PROPOSED,
        "comment": None,
    }
    return AskedQuestion(**{**plain, **changes})
