"""The twelve people of a month, and the cohort's rows. All else comes through the bot's own ways in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, DateKind, Profile, Weekday, WorkingHours
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account
from bot.ports.store import Tx
from tests.cohort_weeks.served import Served
from tests.fakes.github.model import Repository, User
from tests.fakes.slack import Person

MONDAY = date(2027, 3, 8)
"""The first Monday.

Clocks change in New York, St. John's and Casablanca on the Sunday after it, in Berlin two weeks later, and
in Auckland and on Lord Howe Island three weeks later.
"""
FINAL = MONDAY + timedelta(weeks=4, days=4)
END = MONDAY + timedelta(weeks=6)
WEEKS = 5
SUNDAY_TO_THURSDAY = (Weekday.SUN, Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU)
TUESDAY_TO_SATURDAY = (Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI, Weekday.SAT)
MONDAY_TO_THURSDAY = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU)


@dataclass(frozen=True)
class Someone:
    """Who takes part, and when they work. ``sensei`` is the name of a participant's sensei."""

    name: str
    zone: str
    days: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
    begins: int = 9
    ends: int = 17
    sensei: str = ""

    @property
    def hours(self) -> WorkingHours:
        return WorkingHours(self.zone, self.days, self.begins * 60, self.ends * 60)

    def local(self, at: datetime) -> datetime:
        """Return a moment as their clocks show it."""
        return at.astimezone(ZoneInfo(self.zone))

    def moment(self, day: date, hour: float) -> datetime:
        """Return the moment of an hour of their day, in UTC."""
        local = datetime.combine(day, time(), ZoneInfo(self.zone)) + timedelta(hours=hour)
        return local.astimezone(UTC)

    def is_at_work(self, at: datetime) -> bool:
        """Return whether it is one of their working hours. Holidays count as work here."""
        local = self.local(at)
        works = tuple(Weekday)[local.weekday()] in self.days
        return works and self.begins * 60 <= local.hour * 60 + local.minute < self.ends * 60


SENSEIS = (
    Someone("Sen", "Europe/Berlin"),
    Someone("Sol", "Asia/Kolkata", SUNDAY_TO_THURSDAY, 10, 18),
    Someone("Sam", "America/New_York", MONDAY_TO_THURSDAY),
    Someone("Sid", "Pacific/Auckland", begins=8, ends=16),
)
LEAD = "Sid"
"""This sensei leads the cohort too."""
PARTICIPANTS = (
    Someone("Ada", "Europe/Berlin", sensei="Sen"),
    Someone("Bo", "Asia/Kolkata", begins=10, ends=18, sensei="Sen"),
    Someone("Cleo", "America/New_York", sensei="Sam"),
    Someone("Dan", "Pacific/Auckland", begins=8, ends=16, sensei="Sid"),
    Someone("Eve", "Australia/Lord_Howe", TUESDAY_TO_SATURDAY, sensei="Sid"),
    Someone("Fia", "America/St_Johns", begins=8, ends=18, sensei="Sam"),
    Someone("Gil", "Africa/Casablanca", SUNDAY_TO_THURSDAY, sensei="Sol"),
    Someone("Hana", "Pacific/Apia", sensei="Sol"),
)


@dataclass(frozen=True)
class Here:
    """Somebody in the workspace; a participant has an account and a repository at GitHub too."""

    who: Someone
    slack: Person
    known: str
    user: User | None = None
    repository: Repository | None = None

    @property
    def code(self) -> tuple[User, Repository]:
        """Return a participant's account and repository."""
        assert self.user
        assert self.repository
        return self.user, self.repository


def settle_in(it: Served, participants: tuple[Someone, ...] = PARTICIPANTS) -> Mapping[str, Here]:
    """Make the cohort of these participants and their senseis; return them by name."""
    wanted = {one.sensei for one in participants} | {LEAD}
    here: dict[str, Here] = {}
    with it.store.begin() as tx:
        cohort = tx.cohorts.add("dojo", it.clock.at)
        tx.cohorts.set_workspace(cohort.id, it.slack.team)
        tx.cohorts.add_date(cohort.id, DateKind.START, "Start", MONDAY)
        tx.cohorts.add_date(cohort.id, DateKind.FINAL, "Final", FINAL)
        tx.cohorts.add_date(cohort.id, DateKind.END, "End", END)
        for one in (each for each in SENSEIS if each.name in wanted):
            here[one.name] = _join(it, tx, cohort.id, one, CohortRole.SENSEI)
            if one.name == LEAD:
                tx.members.join(cohort.id, here[one.name].known, CohortRole.LEAD, it.clock.at)
    for number, one in enumerate(participants):
        user = it.github.user(one.name.lower())
        repository = it.github.repository(f"{user.login}/desk", {"README.md": f"# Desk {number}\n".encode()})
        installation = it.github.install(it.app, repository)
        with it.store.begin() as tx:
            joined = _join(it, tx, cohort.id, one, CohortRole.PARTICIPANT)
            here[one.name] = Here(one, joined.slack, joined.known, user, repository)
            account = Account(user.id, user.login)
            tx.members.prove(joined.known, account, it.clock.at)
            tx.capstones.add(
                cohort="dojo",
                repository=repository.id,
                owner=user.login,
                name="desk",
                default_branch="main",
                installation=installation.id,
                participant=account,
                sensei=None,
                publish=None,
                at=it.clock.at,
            )
            proposal = tx.pairings.propose(cohort.id, "operator", it.clock.at, ())
            pair = tx.pairings.add(
                proposal.id, joined.known, here[one.sensei].known, fit=1, reasons=(), at=it.clock.at
            )
            tx.pairings.set_state(pair.id, PairState.ACTIVE, it.clock.at)
    return here


def _join(it: Served, tx: Tx, cohort: int, one: Someone, role: CohortRole) -> Here:
    person = it.slack.person(one.name, tz=one.zone)
    known = tx.members.find_or_add_by_chat(it.slack.team, person.id, one.name, it.clock.at)
    member = tx.members.join(cohort, known, role, it.clock.at)
    tx.members.set_profile(member.enrolment, Profile(one.hours, capacity=4))
    return Here(one, person, known)


def first_moment() -> datetime:
    """Return when everything begins: on the Sunday before the first Monday."""
    return datetime.combine(MONDAY - timedelta(days=1), time(), UTC)
