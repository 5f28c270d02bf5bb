"""Dojos in one workspace on loopback, with all of the app's features, and all that each person is shown."""

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bot.adapters.slack import SlackChat, client
from bot.adapters.slack.rate_limits import RateLimits
from bot.adapters.slack.requests import SlackRequests
from bot.bootstrap import chat as features_of
from bot.bootstrap import dojo
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat import slack_blocks
from bot.workflows.chat.outbox import Outbox
from bot.workflows.dojo.app_home import HomePublisher
from bot.workflows.one_to_ones.features import one_to_one_features
from bot.workflows.pairing.absence_news import DeputyNotices
from bot.workflows.pairing.proposals import PairingWorkflows
from bot.workflows.privacy.export import find_person
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.entrypoints.slacking import Workspace, served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack
from tests.fakes.slack.people import Key
from tests.fakes.steps import Straight
from tests.workflows import shop

WEB = "https://github.com"
WORDS = Vocabulary({"security": "Security"}, {}, frozenset({"Europe/London"}))
_numbers = itertools.count(1)
_MENTION = re.compile(r"<@(\w+)>")


@dataclass
class Told:
    """The workspace's record of what was shown to whom, from a moment on."""

    slack: Slack
    calls: int = 0
    deliveries: int = 0
    answers: int = 0

    @classmethod
    def begin(cls, slack: Slack) -> "Told":
        return cls(slack, len(slack.calls), len(slack.deliveries), len(slack.told))

    def to(self, person: Person) -> list[str]:
        """All that one person was sent: messages and rewrites, forms, Homes, answers and their errors."""
        sent = [
            call.args
            for call in self.slack.calls[self.calls :]
            if call.status == 200 and person.id in self._readers(call.method, call.args)
        ]
        sent += [
            attempt.body
            for delivery in self.slack.deliveries[self.deliveries :]
            if person.id in {delivery.payload.get("user_id"), delivery.payload.get("user", {}).get("id")}
            for attempt in delivery.attempts
        ]
        # An answer to a click in a message that is refused at once.
        sent += [
            {name: value for name, value in answer.document.items() if name != "ts"}
            for answer in self.slack.told[self.answers :]
            if answer.user == person.id
        ]
        # Views and blocks come as JSON in a field of a form.
        texts = [json.dumps(payload, ensure_ascii=False).replace('\\"', '"') for payload in sent]
        return [_MENTION.sub(lambda found: self.slack.accounts[found[1]].name, text) for text in texts]

    def _readers(self, method: str, args: dict[str, Any]) -> tuple[str, ...]:
        if method in {"chat.postMessage", "chat.update"}:
            return self.slack.channels[str(args["channel"])].members
        if method == "views.open":
            return (self.slack.whose(str(args["trigger_id"])),)
        if method == "views.publish":
            return (str(args["user_id"]),)
        assert method not in {"views.update", "chat.postEphemeral"}, "nobody here is shown that"
        return ()


@dataclass
class Confided:
    """A cohort of its own in the workspace; people are called by name."""

    here: Workspace
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store, self.slack = self.here.store, self.here.slack
        self.cohort = self.another_cohort()
        self.chat = SlackChat(SlackRequests(client(self.slack.bot_token, self.slack.api_url), _no_limits()))
        self.record = Told.begin(self.slack)
        self.features = _features()
        outbox = Outbox(self.chat, self.store, self.features.words, now)
        pairing = PairingWorkflows(self.store, now)
        self.homes = HomePublisher(self.chat, self.store, WEB, now)
        self.flows = {
            "message": outbox.message,
            "rewrite": outbox.rewrite,
            "pairing.propose": pairing.propose,
            "pairing.settle": pairing.settle,
            "pairing.why": pairing.why,
            "pairing.away": DeputyNotices(self.store, now).away,
        }

    def another_cohort(self) -> int:
        with self.store.begin() as tx:
            cohort = tx.cohorts.add(f"Cohort {next(_numbers)}", now())
            tx.cohorts.set_workspace(cohort.id, self.slack.team)
        return cohort.id

    def add(self, name: str, *roles: CohortRole, cohort: int | None = None, **profile: Any) -> None:
        """Let somebody be in a cohort; they have heard of it already."""
        if name not in self.people:
            self.people[name] = self.slack.person(name)
        person = self.people[name]
        wishes = tuple(self.ids[other] for other in profile.pop("prefers", ()))
        said = Profile(WorkingHours("Europe/London"), prefers=wishes, **{"capacity": 2, **profile})
        with self.store.begin() as tx:
            self.ids[name] = tx.members.find_or_add_by_chat(self.slack.team, person.id, name, now())
            for role in roles:
                member = tx.members.join(cohort or self.cohort, self.ids[name], role, now())
                if role is not CohortRole.LEAD:
                    tx.members.set_profile(member.enrolment, said)

    def settle(self) -> None:
        """Let all be done that is due, and all messages be sent. Homes are shown to those who look."""
        self.here.handled()
        while self.here.engine.jobs:
            begun, self.here.engine.jobs = self.here.engine.jobs, []
            for kind, argument in begun:
                if kind != "home":
                    self.flows[kind](Straight(self.store), argument)
            self.here.handled()

    def types(self, name: str, text: str, **values: Any) -> str:
        """``/dojo``; fill in the form that it opens, if values are given. Return the answer."""
        outcome = self.people[name].command(f"/dojo {text}")
        assert not outcome.failed
        if values:
            self.submits(name, **values)
        self.settle()
        return json.dumps(outcome.answer, ensure_ascii=False)

    def submits(self, name: str, **values: Any) -> None:
        fields: dict[Key, Any] = {key.replace("__", "."): value for key, value in values.items()}
        sent = self.people[name].submit(fields)
        assert (sent.failed, sent.errors) == (False, {})
        self.settle()

    def presses(self, name: str, action: str, value: object, **values: Any) -> None:
        """Click a button that somebody has, or had before: in a message of its own. Fill in its form."""
        person = self.people[name]
        row = slack_blocks.actions(slack_blocks.button("Press", action, str(value)))
        self.chat.post(self.chat.conversation([person.id]), OutgoingMessage("A button", (row,)), f"{row}")
        person.click(person.messages[-1], action)
        if values:
            self.submits(name, **values)
        self.settle()

    def pair(self, participant: str, cohort: int | None = None) -> Pair:
        """The newest pair of a participant."""
        person = self.ids[participant]
        with self.store.begin() as tx:
            return next(
                pair
                for pair in tx.pairings.by_person(person)
                if pair.participant == person and cohort in {None, pair.cohort}
            )

    def put(self, participant: str, sensei: str, state: PairState, cohort: int | None = None) -> Pair:
        """Let two be a pair in a state, as if all before had happened."""
        with self.store.begin() as tx:
            proposal = tx.pairings.propose(cohort or self.cohort, "operator", now(), ())
            made = tx.pairings.add(
                proposal.id, self.ids[participant], self.ids[sensei], fit=50, reasons=(), at=now()
            )
            if state is not PairState.PROPOSED:
                tx.pairings.set_state(made.id, state, now())
        return self.pair(participant, cohort)

    def looks(self, name: str) -> str:
        """Look at whatever shows something without changing it; return it all."""
        begun = Told.begin(self.slack)
        person = self.people[name]
        with self.store.read() as tx:
            is_lead = CohortRole.LEAD in {member.role for member in tx.members.roles(self.ids[name])}
        for command in ("pair mine", *(("status", "people") if is_lead else ())):
            assert not person.command(f"/dojo {command}").failed
        self.homes.home(Straight(self.store), {"workspace": self.slack.team, "user": person.id})
        return "\n".join(begun.to(person))

    def told(self, name: str) -> list[str]:
        """All that somebody was ever shown."""
        return self.record.to(self.people[name])

    def exported(self, name: str) -> str:
        """All that an operator can hand over to somebody."""
        with self.store.read() as tx:
            return json.dumps(tx.people.document(find_person(tx, self.ids[name])), ensure_ascii=False)


def _no_limits() -> RateLimits:
    """Let a minute pass before each request."""
    return RateLimits(itertools.count(0, 60).__next__)


def _features() -> Any:
    ledgers = LedgerLoader(shop.LIBRARY)
    members = (
        *dojo.member_features(lambda: WORDS),
        *one_to_one_features(lambda: ledgers, KNOWN_HOSTS, now),
    )
    return features_of.assemble_features(WEB, lambda: WORDS, members, load_ledgers=lambda: ledgers)


@contextmanager
def workspace(engine: sa.Engine) -> Iterator[Workspace]:
    """Let the app listen in a workspace."""
    with Slack() as slack, served(engine, slack, "http", _features()) as here:
        yield here
