"""Makes a cohort: people in Slack and at GitHub, capstones, pairs and dates."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.dojo.people import CohortRole, DateKind, Profile, WorkingHours
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.ports.store import Tx
from tests.cohort_weeks.facts import Facts, Guide, Guided
from tests.cohort_weeks.served import Served
from tests.fakes.slack import Person

MONDAY = date(2027, 3, 15)
"""The first Monday. London's clocks change on the Sunday before the third."""
MIDWAY = date(2027, 4, 8)
"""The midway milestone, on the Thursday of the fourth week."""
LEAD_ZONE = "Europe/Berlin"
ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Europe/Berlin", "Australia/Sydney")


@dataclass(frozen=True)
class Plan:
    """How large a cohort is, and what happens in it.

    ``loads`` are the participants of each sensei, of whom the first works in London, and so on through
    ``ZONES``. The first ``asked`` participants open pull requests. The evidence of the first ``pushed`` is
    read from their code; that of the others is written into the database, since a reading takes a second of a
    processor. ``away`` is the sensei with a holiday in the second week and their deputy; ``moves`` changes
    zone in the second week, and ``leaves`` leaves in the fifth.
    """

    loads: tuple[int, ...]
    weeks: int
    asked: int
    pushed: int
    away: tuple[int, int] = (1, 2)
    moves: int = 2
    leaves: int | None = None
    seed: int = 19


@dataclass
class World:
    """The cohort's rows. Everything after this comes through the bot's own ways in."""

    it: Served
    plan: Plan
    people: dict[str, str] = field(default_factory=dict)

    def make(self) -> Facts:
        """Make everything on the day before the first Monday; return what a test knows of it."""
        lead = self.it.slack.person("Lea Lead")
        facts = Facts(MONDAY, ("midway", MIDWAY), lead, LEAD_ZONE)
        with self.it.store.begin() as tx:
            cohort = tx.cohorts.add("dojo", self.it.clock.at)
            tx.cohorts.set_workspace(cohort.id, self.it.slack.team)
            tx.cohorts.add_date(cohort.id, DateKind.START, "Start", MONDAY)
            tx.cohorts.add_date(cohort.id, DateKind.MIDWAY, "Midway", MIDWAY)
            tx.cohorts.add_date(cohort.id, DateKind.END, "End", MONDAY + timedelta(weeks=12))
            self._join(tx, cohort.id, lead, CohortRole.LEAD, LEAD_ZONE)
            for number in range(len(self.plan.loads)):
                facts.guides.append(self._add_guide(tx, cohort.id, number))
        self._add_all_guided(facts, cohort.id)
        return facts

    def _add_guide(self, tx: Tx, cohort: int, number: int) -> Guide:
        person, zone = self.it.slack.person(f"Sensei {number:02}"), ZONES[number % len(ZONES)]
        self._join(tx, cohort, person, CohortRole.SENSEI, zone)
        return Guide(person.account.name, number, person, zone)

    def _add_all_guided(self, facts: Facts, cohort: int) -> None:
        guides = [
            guide for guide, load in zip(facts.guides, self.plan.loads, strict=True) for _ in range(load)
        ]
        github = self.it.github
        users = [github.user(f"p{number:03}") for number in range(len(guides))]
        repositories = [github.repository(f"{user.login}/desk", {"README.md": b"# Desk\n"}) for user in users]
        installed = [github.install(self.it.app, repository) for repository in repositories]
        with self.it.store.begin() as tx:
            proposal = tx.pairings.propose(cohort, "operator", self.it.clock.at, ())
            for number, guide in enumerate(guides):
                user, repository = users[number], repositories[number]
                person = self.it.slack.person(f"Participant {number:03}")
                known = self._join(tx, cohort, person, CohortRole.PARTICIPANT, guide.zone)
                account = Account(user.id, user.login)
                tx.members.prove(known, account, self.it.clock.at)
                capstone = tx.capstones.add(
                    cohort="dojo",
                    repository=repository.id,
                    owner=user.login,
                    name="desk",
                    default_branch="main",
                    installation=installed[number].id,
                    participant=account,
                    sensei=None,
                    publish=None,
                    at=self.it.clock.at,
                )
                pair = tx.pairings.add(
                    proposal.id,
                    known,
                    self.people[guide.name],
                    fit=1,
                    reasons=(),
                    at=self.it.clock.at,
                )
                tx.pairings.set_state(pair.id, PairState.ACTIVE, self.it.clock.at)
                at, name = self.it.clock.at, person.account.name
                facts.guided.append(Guided(name, number, person, user, repository, capstone.id, guide, at))

    def _join(self, tx: Tx, cohort: int, person: Person, role: CohortRole, zone: str) -> str:
        name, at = person.account.name, self.it.clock.at
        known = tx.members.find_or_add_by_chat(self.it.slack.team, person.id, name, at)
        member = tx.members.join(cohort, known, role, at)
        tx.members.set_profile(member.enrolment, Profile(WorkingHours(zone), capacity=9))
        self.people[name] = known
        return known


def first_moment() -> datetime:
    """Return when everything begins: on the Sunday before the first Monday."""
    return datetime.combine(MONDAY - timedelta(days=1), time(), UTC)
