"""A dojo with every feature that the bot has: the real listeners, a workspace on loopback, all workflows."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.files.articulation import load_guide
from bot.bootstrap import chat as chat_features
from bot.bootstrap import dojo
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.chat.events import COMMAND
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member, Profile, WorkingHours
from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.workflows.chat.features import Features
from bot.workflows.chat.outbox import Outbox
from bot.workflows.check_ins.home import describe_next
from bot.workflows.decisions.features import decision_features
from bot.workflows.digest.capstone_matters import CapstoneRowsLoader
from bot.workflows.digest.features import digest_feature
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.milestones.report_sending import ReportSending
from bot.workflows.one_to_ones.features import one_to_one_features
from bot.workflows.pairing.absence_news import DeputyNotices
from bot.workflows.pairing.proposals import PairingWorkflows
from bot.workflows.triage.appeal_features import words_of
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.waiting_rulings import triage_counter
from tests.entrypoints.slacking import Workspace, served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack, look
from tests.fakes.steps import Straight
from tests.workflows.peopled import WORDS
from tests.workflows.shop import LIBRARY

PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD
COHORT = "dojo"
SOON = timedelta(seconds=2)
"""A little longer than a job waits whose person has many others."""

RULES = partial(ArticulationRules, load_guide(), {"speed.1": 1, "speed.2": 2, "speed.3": 3})
"""What Sensei listens for, with checks of the levels 1 to 3."""

LEDGERS = LedgerLoader(LIBRARY)
"""Loads ledgers for a small rubric: two criteria, of which `safety` is a gate."""
ROWS = CapstoneRowsLoader(LEDGERS)
"""What reads the rows of a digest."""

_MENTION = re.compile(r"@(U\w+)")


def all_features(*, answers_questions: bool = True) -> Features:
    """Return the features as the bot assembles them."""
    return chat_features.assemble_features(
        "https://github.com",
        lambda: WORDS,
        (
            *dojo.member_features(lambda: WORDS),
            *decision_features(RULES, "https://github.com"),
            digest_feature("https://github.com", lambda: ROWS, now),
            *one_to_one_features(lambda: LEDGERS, KNOWN_HOSTS, now),
        ),
        load_ledgers=lambda: LEDGERS,
        answers_questions=answers_questions,
    )


@dataclass
class WholeDojo:
    """A cohort whose people are on Slack; they are called by name."""

    engine: sa.Engine
    slack: Slack
    here: Workspace = field(init=False)
    features: Features = field(default_factory=all_features)
    people: dict[str, Person] = field(default_factory=dict)

    def joins(self, name: str, *roles: CohortRole, capacity: int = 3) -> Person:
        """Let somebody be in the cohort, with a profile."""
        account = self.people.get(name) or self.slack.person(name)
        with self.here.store.begin() as tx:
            cohort = tx.cohorts.add(COHORT, now())
            tx.cohorts.set_workspace(cohort.id, self.slack.team)
            person = tx.members.find_or_add_by_chat(self.slack.team, account.id, name, now())
            tx.members.set_name(person, name)
            for role in roles:
                member = tx.members.join(cohort.id, person, role, now())
                if role is not LEAD:
                    profile = Profile(WorkingHours("Europe/London"), {"security": 2}, capacity=capacity)
                    tx.members.set_profile(member.enrolment, profile)
        self.people[name] = account
        return account

    def member(self, name: str, role: CohortRole | None = None) -> Member:
        with self.here.store.read() as tx:
            person = tx.members.by_chat(self.slack.team, self.people[name].id)
            assert person
            return next(it for it in tx.members.roles(person) if role in {None, it.role})

    def sets(self, name: str, state: EnrolmentState) -> None:
        """Let somebody be paused or have left, in all their roles."""
        with self.here.store.begin() as tx:
            for role in tx.members.roles(self.member(name).person):
                tx.members.set_state(role.enrolment, state)

    def pairs(self, participant: str, sensei: str, state: PairState = PairState.ACTIVE) -> Pair:
        """Let two be a pair, in a state as if all before had happened."""
        first, second = self.member(participant), self.member(sensei)
        with self.here.store.begin() as tx:
            proposal = tx.pairings.propose(first.cohort, "operator", now(), ())
            made = tx.pairings.add(proposal.id, first.person, second.person, fit=50, reasons=(), at=now())
            if state is not PairState.PROPOSED:
                tx.pairings.set_state(made.id, state, now())
            return tx.pairings.get(made.id) or made

    def pair(self, number: int) -> Pair:
        with self.here.store.read() as tx:
            found = tx.pairings.get(number)
        assert found
        return found

    def settle(self, ahead: timedelta = SOON) -> None:
        """Let all that is due be done, as many times as that leads to more; also what is due ``ahead``."""
        self.here.handled()
        while begun := [*self.here.engine.jobs, *self._due(ahead)]:
            self.here.engine.jobs = []
            for kind, argument in begun:
                self.run(kind, argument)
            self.here.handled()

    def _due(self, ahead: timedelta) -> list[tuple[str, dict[str, Any]]]:
        """Begin the jobs that are due later: it is as if another day had begun for everyone."""
        with self.here.store.begin() as tx:
            tx.unprompted.forget(date.max)
            due = tx.jobs.due(now() + ahead, 1000)
            for job in due:
                tx.jobs.mark_begun(job.id, now())
        return [(job.kind, job.argument) for job in due]

    def run(self, kind: str, argument: dict[str, Any]) -> None:
        """Run a workflow."""
        store, steps = self.here.store, Straight(self.here.store)
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        outbox = Outbox(chat, store, self.features.words, now)
        pairing = PairingWorkflows(store, now)
        flows = {
            "message": outbox.message,
            "rewrite": outbox.rewrite,
            "report": ReportSending(chat, store, lambda: LEDGERS, now).run,
            "pairing.propose": pairing.propose,
            "pairing.why": pairing.why,
            "pairing.settle": pairing.settle,
            "pairing.away": DeputyNotices(store, now).away,
        }
        if kind in flows:
            flows[kind](steps, argument)

    def shows_home(self, person: Person) -> None:
        """Publish a person's App Home as it is now."""
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        counts = triage_counter(lambda: LEDGERS)
        words = words_of(lambda: LEDGERS)
        homes = HomePublisher(chat, self.here.store, "https://github.com", now, counts, words, describe_next)
        homes.home(Straight(self.here.store), {"workspace": self.slack.team, "user": person.id})

    def now(self) -> datetime:
        return now()

    def waiting(self, kind: str) -> list[Job]:
        """The jobs of a kind that have not begun, whenever they are due."""
        with self.here.store.read() as tx:
            return [job for job in tx.jobs.due(now() + timedelta(days=99), 10_000) if job.kind == kind]

    def heard(self, person: Person) -> list[str]:
        """What the app has said to somebody in direct messages, as they read it."""
        names = {account.id: name for name, account in self.people.items()}
        return [" ".join(look.text(message, names).split()) for message in person.messages]

    def whispered(self, person: Person) -> str:
        """The last thing that the app has shown to somebody alone, as they read it."""
        return " ".join(look.text(person.told[-1].document).split()) if person.told else ""

    def answered(self, person: Person, text: str) -> str:
        """The answer to a command, as its author reads it."""
        before = len(person.told)
        assert not person.command(text).failed
        told = self.whispered(person) if len(person.told) > before else ""
        return _MENTION.sub(lambda found: self.slack.accounts[found[1]].name, told)

    def stores_command(self, person: Person, text: str) -> None:
        """Let a command be stored that an earlier version has answered."""
        body = {"team_id": self.slack.team, "user_id": person.id, "text": text, "trigger_id": f"{text}.1"}
        self.here.receiver.receive(Delivery(f"slack:{person.id}:{text}", COMMAND, json.dumps(body).encode()))

    def form(self, person: Person) -> str:
        """The form before somebody, as they read it."""
        assert person.modal
        return " ".join(look.text(person.modal).split())


@contextmanager
def whole_dojo(engine: sa.Engine) -> Iterator[WholeDojo]:
    """Serve a dojo, with Lea as its lead."""
    with Slack() as slack:
        it = WholeDojo(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.people["Ada Lovelace"] = here.ada
            it.joins("Ada Lovelace", PARTICIPANT)
            it.joins("Lea", LEAD)
            yield it
