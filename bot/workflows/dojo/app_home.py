"""App Homes: published from rows, whenever somebody looks and whenever something of theirs has changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.chat.events import Click
from bot.domain.dojo.app_home import (
    STUCK_DAYS,
    FullSensei,
    Home,
    LeadHome,
    ParticipantHome,
    SenseiAbsence,
    SenseiHome,
    SenseiParticipant,
    ShownPerson,
    ShownQuestion,
    StuckParticipant,
)
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import OpenQuestion, QuestionState
from bot.ports.chat import Chat, View
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.dojo import slack_home as rendering
from bot.workflows.chat.actors import Actor, Clock, find_actor, make_actor
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import Button, Feature
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.jobs.retry import insist

_WEEK = timedelta(days=7)
_MOST_LOOKS = 3
_PAIRED = (PairState.APPROVED, PairState.ACTIVE)


@dataclass(frozen=True)
class HomePublisher:
    """The workflow ``home``. ``web`` is where people read the code host: ``https://github.com``, say."""

    chat: Chat | None
    store: Store
    web: str
    now: Callable[[], datetime]

    def home(self, steps: Steps, argument: Json) -> Json:
        """Publish an App Home. Where Slack refuses for good nothing is lost: whoever looks gets it anew."""
        return {"outcome": insist(steps, "publish", lambda: self._publish(argument))["outcome"]}

    def _publish(self, argument: Json) -> Json:
        """Publish what is true, and look again: what was gathered before another look may arrive after it."""
        shown: View | None = None
        for _ in range(_MOST_LOOKS):
            user, view = self._view(argument)
            if self.chat is None or user is None or view == shown:
                break
            self.chat.publish_home(user, view)
            shown = view
        return {}

    def _view(self, argument: Json) -> tuple[str | None, View]:
        with self.store.begin() as tx:
            if "person" in argument:
                user = chat_address(tx, argument["person"])
                members = tx.members.roles(argument["person"])
                workspace = tx.cohorts.get(members[0].cohort).workspace if members else None
                actor = make_actor(tx, argument["person"], workspace or "", user or "")
            else:
                user = argument["user"]
                actor = find_actor(tx, argument["workspace"], argument["user"])
            return user, rendering.view(gather_home(tx, actor, self.now, self.web))


def feature(web: str) -> Feature:
    """Return the buttons of App Homes."""

    def page(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        number = click.value if isinstance(click.value, str) and click.value.isdecimal() else "1"
        return rendering.view(gather_home(tx, actor, clock, web), int(number[:4]))

    return Feature(buttons={rendering.PAGE: Button(Action.HOME_SEE, redraws=page)})


def today_of(actor: Actor, clock: Clock) -> date:
    """Return the day by somebody's own clock, by UTC where they have not said in which zone they are."""
    zone = next((one.profile.hours.time_zone for one in actor.here if one.profile), "")
    return clock().astimezone(_zone(zone)).date()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def gather_home(tx: Tx, actor: Actor, clock: Clock, web: str) -> Home:
    """Return what somebody's App Home shows now."""
    today = today_of(actor, clock)
    if actor.cohort is None:
        return Home("", "", today)
    cohort = tx.cohorts.get(actor.cohort)
    if not actor.here:
        return Home("", cohort.name, today)
    about = _Cohort(tx, actor.cohort, today, clock(), web)
    mine = {member.role: member for member in actor.here}
    return Home(
        actor.here[0].name,
        cohort.name,
        today,
        about.participating(mine[CohortRole.PARTICIPANT]) if CohortRole.PARTICIPANT in mine else None,
        about.guiding(mine[CohortRole.SENSEI]) if CohortRole.SENSEI in mine else None,
        about.leading() if CohortRole.LEAD in mine else None,
        tuple(tx.cohorts.dates(actor.cohort)),
    )


class _Cohort:
    """A cohort's rows, read once for one Home."""

    def __init__(self, tx: Tx, cohort: int, today: date, now: datetime, web: str) -> None:
        self._today, self._web = today, web
        self._waits = partial(sensei_confirmation.is_waiting, tx)
        members = [one for one in tx.members.of(cohort) if one.state is not EnrolmentState.LEFT]
        self._roles = {(one.person, one.role): one for one in members}
        self._members = members
        self._pairs = [pair for pair in tx.pairings.going_on(cohort) if pair.state in _PAIRED]
        self._absences = tx.members.absences(cohort, today)
        self._forbidden = tx.members.forbidden(cohort) if self._absences else frozenset()
        self._questions: dict[str, list[OpenQuestion]] = {}
        capstones = tx.standings.capstones(cohort)
        whose = {capstone: person for person, several in capstones.items() for capstone in several}
        for question in tx.standings.questions(list(whose)):
            self._questions.setdefault(whose[question.capstone], []).append(question)
        self._moved: Counter[str] = Counter()
        for capstone, times in tx.standings.moved(list(whose), now - _WEEK).items():
            self._moved[whose[capstone]] += times
        self._names = {one.id: one.full_name for one in tx.capstones.all() if one.id in whose}
        self._capstones = {person: several[0] for person, several in capstones.items()}

    def participating(self, me: Member) -> ParticipantHome:
        pair = next((one for one in self._active() if one.participant == me.person), None)
        deputy = self._deputy(pair) if pair else None
        return ParticipantHome(
            me.state,
            self._named(pair.sensei) if pair else None,
            self._named(deputy) if deputy else None,
            tuple(self._shown(one) for one in self._questions.get(me.person, ())),
            me.code,
            me.profile.brief if me.profile else "",
            self._names.get(self._capstones.get(me.person, 0)),
        )

    def guiding(self, me: Member) -> SenseiHome:
        own = [pair.participant for pair in self._active() if pair.sensei == me.person]
        others = [
            (pair.participant, self._name(pair.sensei))
            for pair in self._active()
            if pair.sensei != me.person and self._deputy(pair) == me.person
        ]
        theirs = [self._theirs(person) for person in own]
        theirs += [self._theirs(person, sensei) for person, sensei in others]
        return SenseiHome(
            me.state,
            me.profile.capacity if me.profile else 0,
            tuple(sorted(theirs, key=lambda one: (one.standing_in_for, one.who.name.casefold()))),
            tuple(self._away(me.person)),
            me.code,
            self._waits(me),
        )

    def leading(self) -> LeadHome:
        participants = self._of(CohortRole.PARTICIPANT)
        senseis = self._of(CohortRole.SENSEI)
        paired = {pair.participant for pair in self._pairs}
        active = [one for one in participants if one.state is EnrolmentState.ACTIVE]
        away = [(self._name(person), each) for person in self._senseis() for each in self._away(person)]
        people = {one.person: one for one in self._members}.values()
        return LeadHome(
            len(participants),
            len(senseis),
            self._stuck(),
            tuple(one.name for one in active if one.person not in paired),
            self._overloaded(senseis),
            tuple(one.name for one in people if one.chat is None),
            tuple(one.name for one in participants if one.code is None),
            tuple(away),
        )

    def _of(self, role: CohortRole) -> Sequence[Member]:
        return [one for one in self._members if one.role is role]

    def _senseis(self) -> list[str]:
        return [one.person for one in self._of(CohortRole.SENSEI)]

    def _stuck(self) -> tuple[StuckParticipant, ...]:
        found = []
        for person, questions in self._questions.items():
            waiting = [one for one in questions if one.state is QuestionState.ASKED]
            days = [days for one in waiting if (days := self._days(one)) > STUCK_DAYS]
            if days and (person, CohortRole.PARTICIPANT) in self._roles:
                found.append(StuckParticipant(self._name(person), len(days), max(days)))
        return tuple(sorted(found, key=lambda one: (-one.days, one.name.casefold())))

    def _overloaded(self, senseis: Sequence[Member]) -> tuple[FullSensei, ...]:
        loads: Mapping[str, int] = Counter(pair.sensei for pair in self._pairs)
        found = []
        for one in senseis:
            capacity = one.profile.capacity if one.profile else 0
            load = loads.get(one.person, 0)
            if load and load >= capacity:
                found.append(FullSensei(one.name, load, capacity))
        return tuple(sorted(found, key=lambda one: (one.capacity - one.load, one.name.casefold())))

    def _theirs(self, person: str, standing_in_for: str = "") -> SenseiParticipant:
        member = self._roles.get((person, CohortRole.PARTICIPANT))
        return SenseiParticipant(
            self._named(person),
            member.state if member else EnrolmentState.ACTIVE,
            tuple(self._shown(one) for one in self._questions.get(person, ())),
            self._moved[person],
            standing_in_for,
        )

    def _active(self) -> list[Pair]:
        return [pair for pair in self._pairs if pair.state is PairState.ACTIVE]

    def _deputy(self, pair: Pair) -> str | None:
        """Return who stands in today, unless a pair's participant must not be paired with them."""
        deputy = next(
            (one.deputy for one in self._absences if one.sensei == pair.sensei and one.first <= self._today),
            None,
        )
        return None if (pair.participant, deputy) in self._forbidden else deputy

    def _away(self, sensei: str) -> list[SenseiAbsence]:
        return [
            SenseiAbsence(one, self._name(one.deputy) if one.deputy else None)
            for one in self._absences
            if one.sensei == sensei
        ]

    def _shown(self, one: OpenQuestion) -> ShownQuestion:
        anchor = f"#discussion_r{one.comment}" if one.comment else ""
        address = f"{self._web}/{self._names[one.capstone]}/pull/{one.pull_request}{anchor}"
        return ShownQuestion(one.text, address, self._days(one), one.state)

    def _days(self, one: OpenQuestion) -> int:
        return max((self._today - one.at.astimezone(UTC).date()).days, 0)

    def _named(self, person: str) -> ShownPerson:
        found = next((one for one in self._members if one.person == person), None)
        return ShownPerson(found.name, found.chat) if found else ShownPerson("somebody who has left")

    def _name(self, person: str) -> str:
        return self._named(person).name
