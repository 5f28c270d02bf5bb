"""A cohort in a real database: people with profiles, their pairs, and a clock that tests move."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.domain.dojo.people import CohortRole, EnrolmentState, Profile, WorkingHours
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.chat.features import AddressedMessage, Features
from bot.workflows.pairing import chat as pairing_chat
from bot.workflows.pairing import deputies, endings
from bot.workflows.pairing.proposals import PairingWorkflows, ProposalRequest, propose
from tests.fakes.steps import Straight

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
HOURS = WorkingHours("Europe/Berlin")
VOCABULARY = Vocabulary({"security": "Security"}, {}, frozenset({"Europe/Berlin"}))
_numbers = itertools.count(1)


@dataclass
class Circle:
    """One cohort, its lead Lea, and whoever a test adds. People are called by name; ids are behind them."""

    engine: sa.Engine
    clock: datetime = START
    people: dict[str, str] = field(default_factory=dict)
    rewritten: list[AddressedMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = SqlStore(self.engine, "github.com", self.now)
        self.workspace = f"T{next(_numbers):08}"
        with self.store.begin() as tx:
            cohort = tx.cohorts.add(f"Sample cohort {self.workspace}", START)
            tx.cohorts.set_workspace(cohort.id, self.workspace)
        self.cohort = cohort.id
        self.add("Lea", CohortRole.LEAD)
        self.flows = PairingWorkflows(self.store, self.now)
        self.features = Features([pairing_chat.feature(lambda: VOCABULARY), deputies.FEATURE])
        self.unshown = frozenset({"people.away"})  # answers to the sensei, which other tests read

    def now(self) -> datetime:
        return self.clock

    def wait(self, **time: float) -> None:
        self.clock += timedelta(**time)

    def add(self, name: str, role: CohortRole, *, chat: bool = True, **profile: Any) -> str:
        """Let somebody join; what is not said of them is as of somebody who says nothing."""
        with self.store.begin() as tx:
            if name in self.people:
                person = self.people[name]
            else:
                user = f"U{next(_numbers):08}"
                person = tx.members.find_or_add_by_chat(
                    self.workspace if chat else "T0", user, name, self.now()
                )
                tx.members.set_name(person, name)
            member = tx.members.join(self.cohort, person, role, self.now())
            wishes = tuple(self.people[one] for one in profile.pop("prefers", ()))
            said = replace(Profile(HOURS), prefers=wishes, **profile)
            if role is not CohortRole.LEAD:
                tx.members.set_profile(member.enrolment, said)
        self.people[name] = person
        return person

    def participant(self, name: str, **profile: Any) -> str:
        return self.add(name, CohortRole.PARTICIPANT, **profile)

    def sensei(self, name: str, capacity: int = 1, **profile: Any) -> str:
        return self.add(name, CohortRole.SENSEI, capacity=capacity, **profile)

    def says(self, name: str, **profile: Any) -> None:
        """Let somebody say something else of themselves."""
        with self.store.begin() as tx:
            for one in tx.members.roles(self.people[name]):
                if one.profile:
                    tx.members.set_profile(one.enrolment, replace(one.profile, **profile))

    def state(self, name: str, state: EnrolmentState) -> None:
        """Let somebody pause or leave, as it is done with people."""
        with self.store.begin() as tx:
            for one in tx.members.roles(self.people[name]):
                tx.members.set_state(one.enrolment, state)
            endings.end_pairs_of(tx, self.people[name], self.cohort, self.now())

    def never(self, author: str, other: str, reason: str = "a reason") -> None:
        with self.store.begin() as tx:
            tx.never_pairs.add(self.cohort, self.people[author], self.people[other], reason, self.now())

    def propose(self, **wish: Any) -> Mapping[str, Any]:
        by = self.people[wish.pop("by", "Lea")]
        return propose(self.store, ProposalRequest(self.cohort, by, **wish), self.now)

    def pairs(self) -> list[Pair]:
        """All pairs that go on."""
        with self.store.begin() as tx:
            return list(tx.pairings.ongoing(self.cohort))

    def pair(self, name: str) -> Pair:
        """The newest pair of a participant, whatever became of it."""
        with self.store.begin() as tx:
            return next(
                it for it in tx.pairings.by_person(self.people[name]) if it.participant == self.people[name]
            )

    def get(self, pair: int) -> Pair:
        with self.store.begin() as tx:
            found = tx.pairings.get(pair)
        assert found
        return found

    def who(self) -> dict[str, tuple[str, str]]:
        """Who goes with whom, and where that is, by names."""
        names = {person: name for name, person in self.people.items()}
        return {names[it.participant]: (names[it.sensei], it.state.value) for it in self.pairs()}

    def put(self, name: str, sensei: str, state: PairState) -> Pair:
        """Let a pair be in a state as if all before had happened."""
        with self.store.begin() as tx:
            proposal = tx.pairings.propose(self.cohort, "operator", self.now(), ())
            made = tx.pairings.add(
                proposal.id, self.people[name], self.people[sensei], fit=50, reasons=(), at=self.now()
            )
            if state is not PairState.PROPOSED:
                tx.pairings.set_state(made.id, state, self.now())
        return self.get(made.id)

    def jobs(self, *kinds: str) -> list[Job]:
        """All jobs of this cohort's that have not begun, of some kinds or all, whenever they are due."""
        with self.store.begin() as tx:
            due = tx.jobs.due(self.now() + timedelta(days=99), 10_000)
            return [job for job in due if (not kinds or job.kind in kinds) and self._mine(tx, job)]

    def _mine(self, tx: Tx, job: Job) -> bool:
        about = job.argument.get("about", job.argument)
        if "pair" in about:
            pair = tx.pairings.get(about["pair"])
            return pair is not None and pair.cohort == self.cohort
        if "proposal" in about:
            proposal = tx.pairings.get_proposal(about["proposal"])
            return proposal is not None and proposal.cohort == self.cohort
        whose = {about.get("person"), about.get("lead")}
        return bool(about.get("cohort", self.cohort if whose & {*self.people.values()} else 0) == self.cohort)

    def close(self) -> None:
        """Let no job be left over: tests share a database."""
        self.clock += timedelta(days=99)
        with self.store.begin() as tx:
            for job in tx.jobs.due(self.now(), 10_000):
                tx.jobs.mark_begun(job.id, self.now())

    def run(self) -> list[tuple[str, AddressedMessage]]:
        """Let everything that is due be done; return the messages that were sent, with their kinds."""
        sent = []
        flows = {
            "pairing.propose": self.flows.propose,
            "pairing.settle": self.flows.settle,
            "pairing.remind": self.flows.remind,
            "pairing.why": self.flows.why,
        }
        while due := [job for job in self.jobs() if job.due_at <= self.now()]:
            for job in due:
                with self.store.begin() as tx:
                    tx.jobs.mark_begun(job.id, self.now())
                if job.kind in flows:
                    flows[job.kind](Straight(self.store), job.argument)
                elif job.kind == "message" and job.argument["kind"] not in self.unshown:
                    with self.store.begin() as tx:
                        letter = self.features.words[job.argument["kind"]](tx, job.argument["about"])
                        if letter:
                            tx.effects.begin(f"message:{job.argument['key']}", self.now())
                    if letter:
                        sent.append((job.argument["kind"], letter))
                elif job.kind == "rewrite":
                    with self.store.begin() as tx:
                        letter = self.features.words[job.argument["kind"]](tx, job.argument["about"])
                    if letter:
                        self.rewritten.append(letter)
        return sent

    def readers(self, sent: Sequence[tuple[str, AddressedMessage]], kind: str) -> list[tuple[str, ...]]:
        """The names of who got a kind of message."""
        names = {person: name for name, person in self.people.items()}
        return [tuple(names[one] for one in letter.to) for found, letter in sent if found == kind]

    def audited(self) -> list[tuple[str, str]]:
        """Who did what to this cohort's pairs, by names, the first first."""
        names = {person: name for name, person in self.people.items()}
        with self.engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT actor, action, subject FROM audit_event ORDER BY id")
            ).all()
        with self.store.begin() as tx:
            mine = {f"pair:{it.id}" for name in self.people.values() for it in tx.pairings.by_person(name)}
        return [(names.get(actor, actor), action) for actor, action, subject in rows if subject in mine]
