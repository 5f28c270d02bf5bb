"""A cohort in a real database and its workspace on loopback: a new cohort for each test."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.chat import slack_blocks
from bot.rendering.chat.slack_text import mrkdwn
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.chat.outbox import Outbox, send_message
from bot.workflows.dojo.app_home import HomePublisher
from tests.fakes.slack import Person, Slack
from tests.fakes.steps import Straight
from tests.workflows.running_dojo import START

_numbers = itertools.count(1)
WEB = "https://github.example"
GREETING = "try.greeting"


def greeting(tx: Tx, about: Json) -> AddressedMessage | None:
    """Greet people by name; nobody where they left."""
    found = [tx.members.roles(person) for person in about["to"]]
    if any(roles and roles[0].state == "left" for roles in found):
        return None
    names = " and ".join(mrkdwn(roles[0].name, 60) if roles else "stranger" for roles in found)
    shown = [slack_blocks.image(about["picture"], "A picture.")] if "picture" in about else []
    message = OutgoingMessage(f"Hello {names}", (slack_blocks.section(f"Hello {names}"), *shown))
    return AddressedMessage(tuple(about["to"]), message, tuple(about.get("users", ())))


@dataclass
class Cohort:
    """A cohort of its own; people are made by name, and are known by their opaque ids."""

    engine: sa.Engine
    slack: Slack
    clock: datetime = START
    number: int = field(default_factory=lambda: next(_numbers))
    accounts: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The tests of a file share a database: each workspace has people of its own.
        self.slack.team = f"T0{self.number:08d}"
        self.store = SqlStore(self.engine, "github.com", self.now)
        with self.store.begin() as tx:
            self.id = tx.cohorts.add(f"cohort {self.number}", self.now()).id
            tx.cohorts.set_workspace(self.id, self.slack.team)
        self.chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        words: dict[str, Words] = {GREETING: greeting}
        self.messaging = Outbox(self.chat, self.store, words, self.now)
        self.homes = HomePublisher(self.chat, self.store, WEB, self.now)

    def now(self) -> datetime:
        return self.clock

    def joins(self, name: str, *roles: CohortRole, capacity: int = 2) -> str:
        """Let somebody be in the cohort; return their opaque id."""
        account = self.slack.person(name)
        with self.store.begin() as tx:
            person = tx.members.find_or_add_by_chat(self.slack.team, account.id, name, self.now())
            for role in roles:
                member = tx.members.join(self.id, person, role, self.now())
                profile = Profile(WorkingHours("Europe/Berlin"), capacity=capacity)
                tx.members.set_profile(member.enrolment, profile)
        self.accounts[person] = account
        return person

    def unlinked(self, name: str, role: CohortRole) -> str:
        """Let somebody be in the cohort who has no account in the chat."""
        person = self.joins(name, role)
        with self.engine.begin() as connection:
            query = sa.text("DELETE FROM identity WHERE person_id = :person")
            connection.execute(query, {"person": person})
        return person

    def pairs(self, participant: str, sensei: str, state: PairState = PairState.ACTIVE) -> Pair:
        """Let two be a pair."""
        with self.store.begin() as tx:
            proposal = tx.pairings.propose(self.id, "operator", self.now(), ())
            pair = tx.pairings.add(proposal.id, participant, sensei, fit=1, reasons=(), at=self.now())
            if state is not PairState.PROPOSED:
                tx.pairings.set_state(pair.id, state, self.now())
        return pair

    def sends(self, key: str, *people: str, users: tuple[str, ...] = ()) -> Job:
        """Let a greeting be sent; return its job."""
        key = f"{key}:{self.number}"
        with self.store.begin() as tx:
            send_message(tx, key, GREETING, {"to": people, "users": users}, self.now())
        with self.store.begin() as tx:
            return next(job for job in tx.jobs.due(self.now(), 1000) if job.id == f"message:{key}")

    def run(self, job: Job, steps: Straight | None = None) -> Json:
        """Run the workflow of a job."""
        work = {"message": self.messaging.message, "rewrite": self.messaging.rewrite, "home": self.homes.home}
        return work[job.kind](steps or Straight(self.store), job.argument)
