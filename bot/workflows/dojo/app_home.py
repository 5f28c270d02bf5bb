"""App Homes: published from rows, whenever somebody looks and whenever something of theirs has changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.chat.events import Click
from bot.domain.dojo.app_home import (
    STUCK_DAYS,
    Away,
    Guiding,
    Home,
    Leading,
    Loaded,
    Named,
    Participating,
    Question,
    Stuck,
    TheirParticipant,
)
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import OpenQuestion, QuestionState
from bot.ports.chat import Chat, View
from bot.ports.engine import Json, Steps
from bot.ports.store import Job, Store, Tx
from bot.rendering.dojo import slack_home as rendering
from bot.workflows.chat.features import Button, Feature
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.dojo.actors import Actor, Clock, acting, acting_as
from bot.workflows.dojo.chat_addresses import reachable
from bot.workflows.jobs.retry import insist

A_MINUTE = 6
"""Times a minute that one App Home is published at most: Slack takes some ninety of all people together."""
_MINUTE = timedelta(minutes=1)
_WEEK = timedelta(days=7)
_MOST_LOOKS = 3
_PAIRED = (PairState.APPROVED, PairState.ACTIVE)


def refresh(tx: Tx, person: str, at: datetime) -> None:
    """Let somebody's App Home show what is true now, if they have an account in the chat."""
    _add(tx, person, {"person": person}, at)


def refresh_user(tx: Tx, workspace: str, user: str, at: datetime) -> None:
    """Let the App Home of an account be shown, also of one that nobody has met."""
    _add(tx, user, {"workspace": workspace, "user": user}, at)


def refresh_with_leads(tx: Tx, cohort: int, people: Iterable[str], at: datetime) -> None:
    """Let the App Homes of some people be shown anew, and of who leads their cohort."""
    leads = (
        one.person for one in tx.members.of(cohort, CohortRole.LEAD) if one.state is not EnrolmentState.LEFT
    )
    for person in dict.fromkeys((*people, *leads)):
        refresh(tx, person, at)


def _add(tx: Tx, whose: str, argument: dict[str, str], at: datetime) -> None:
    """Let a Home be published once for all the changes that wait, and ``A_MINUTE`` times a minute at most."""
    home = f"home:{whose}:"
    begun = tx.jobs.begun_since(home, at - _MINUTE)
    due = at if len(begun) < A_MINUTE else begun[-A_MINUTE] + _MINUTE
    # With the time: the engine may have begun with the one that seems to wait, and an id begins once.
    tx.jobs.replace(home, Job(f"{home}{int(at.timestamp() * 1000)}", "home", argument, due))


@dataclass(frozen=True)
class Homes:
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
                user = reachable(tx, argument["person"])
                members = tx.members.roles(argument["person"])
                workspace = tx.cohorts.get(members[0].cohort).workspace if members else None
                actor = acting_as(tx, argument["person"], workspace or "", user or "")
            else:
                user = argument["user"]
                actor = acting(tx, argument["workspace"], argument["user"])
            return user, rendering.view(gathered(tx, actor, self.now, self.web))


def feature(web: str) -> Feature:
    """Return the buttons of App Homes."""

    def page(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        number = click.value if isinstance(click.value, str) and click.value.isdecimal() else "1"
        return rendering.view(gathered(tx, actor, clock, web), int(number[:4]))

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


def gathered(tx: Tx, actor: Actor, clock: Clock, web: str) -> Home:
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
        self._waits = partial(sensei_confirmation.waits, tx)
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

    def participating(self, me: Member) -> Participating:
        pair = next((one for one in self._active() if one.participant == me.person), None)
        deputy = self._deputy(pair) if pair else None
        return Participating(
            me.state,
            self._named(pair.sensei) if pair else None,
            self._named(deputy) if deputy else None,
            tuple(self._shown(one) for one in self._questions.get(me.person, ())),
            me.code,
            me.profile.brief if me.profile else "",
            self._names.get(self._capstones.get(me.person, 0)),
        )

    def guiding(self, me: Member) -> Guiding:
        own = [pair.participant for pair in self._active() if pair.sensei == me.person]
        others = [
            (pair.participant, self._name(pair.sensei))
            for pair in self._active()
            if pair.sensei != me.person and self._deputy(pair) == me.person
        ]
        theirs = [self._theirs(person) for person in own]
        theirs += [self._theirs(person, sensei) for person, sensei in others]
        return Guiding(
            me.state,
            me.profile.capacity if me.profile else 0,
            tuple(sorted(theirs, key=lambda one: (one.standing_in_for, one.who.name.casefold()))),
            tuple(self._away(me.person)),
            me.code,
            self._waits(me),
        )

    def leading(self) -> Leading:
        participants = self._of(CohortRole.PARTICIPANT)
        senseis = self._of(CohortRole.SENSEI)
        paired = {pair.participant for pair in self._pairs}
        active = [one for one in participants if one.state is EnrolmentState.ACTIVE]
        away = [(self._name(person), each) for person in self._senseis() for each in self._away(person)]
        people = {one.person: one for one in self._members}.values()
        return Leading(
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

    def _stuck(self) -> tuple[Stuck, ...]:
        found = []
        for person, questions in self._questions.items():
            waiting = [one for one in questions if one.state is QuestionState.ASKED]
            days = [days for one in waiting if (days := self._days(one)) > STUCK_DAYS]
            if days and (person, CohortRole.PARTICIPANT) in self._roles:
                found.append(Stuck(self._name(person), len(days), max(days)))
        return tuple(sorted(found, key=lambda one: (-one.days, one.name.casefold())))

    def _overloaded(self, senseis: Sequence[Member]) -> tuple[Loaded, ...]:
        loads: Mapping[str, int] = Counter(pair.sensei for pair in self._pairs)
        found = []
        for one in senseis:
            capacity = one.profile.capacity if one.profile else 0
            load = loads.get(one.person, 0)
            if load and load >= capacity:
                found.append(Loaded(one.name, load, capacity))
        return tuple(sorted(found, key=lambda one: (one.capacity - one.load, one.name.casefold())))

    def _theirs(self, person: str, standing_in_for: str = "") -> TheirParticipant:
        member = self._roles.get((person, CohortRole.PARTICIPANT))
        return TheirParticipant(
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

    def _away(self, sensei: str) -> list[Away]:
        return [
            Away(one, self._name(one.deputy) if one.deputy else None)
            for one in self._absences
            if one.sensei == sensei
        ]

    def _shown(self, one: OpenQuestion) -> Question:
        anchor = f"#discussion_r{one.comment}" if one.comment else ""
        address = f"{self._web}/{self._names[one.capstone]}/pull/{one.pull_request}{anchor}"
        return Question(one.text, address, self._days(one), one.state)

    def _days(self, one: OpenQuestion) -> int:
        return max((self._today - one.at.astimezone(UTC).date()).days, 0)

    def _named(self, person: str) -> Named:
        found = next((one for one in self._members if one.person == person), None)
        return Named(found.name, found.chat) if found else Named("somebody who has left")

    def _name(self, person: str) -> str:
        return self._named(person).name
