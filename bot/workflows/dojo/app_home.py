"""Publishes App Homes from current rows when a person opens theirs and when its content changes."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from bot.domain.chat.events import Click
from bot.domain.check_ins.records import SKIPS_TOLD
from bot.domain.decisions.shown import (
    NO_DECISIONS,
    DecisionDigest,
    ShownDecision,
    digest_decisions,
    is_author,
)
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
from bot.domain.dojo.headcount import count_people
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.records import Pair
from bot.domain.pairing.states import TAKES_A_PLACE, PairState
from bot.domain.pull_requests.records import OpenQuestion, QuestionState
from bot.domain.triage.shown import NOTHING_WAITS, TriageCounts
from bot.ports.chat import Chat, Urgency, View
from bot.ports.engine import Json, Steps
from bot.ports.store import Store, Tx
from bot.rendering.dojo import slack_home as rendering
from bot.workflows.articulation.waiting_questions import list_waiting_questions
from bot.workflows.chat.actors import Actor, Clock, find_actor, make_actor
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import Button, Feature
from bot.workflows.chat.home_refresh import refresh_home, refresh_user_home
from bot.workflows.chat.token_watch import pause_if_rejected
from bot.workflows.dojo import member_list, sensei_confirmation
from bot.workflows.dojo.home_one_to_ones import gather_one_to_ones
from bot.workflows.dojo.one_to_one_parties import MeetingPair
from bot.workflows.dojo.pending_requests import PendingRows
from bot.workflows.jobs.retry import PAUSED, insist
from bot.workflows.triage.appeal_messages import list_waiting_appeals
from bot.workflows.triage.own_levels import LoadWords, list_levels, without_words
from bot.workflows.triage.waiting_rulings import CountsTriage

DescribesCheckIn = Callable[[Tx, Member, datetime], str]
"""Returns when a participant is asked next, in Sensei's own words; empty if there is nothing to say."""
_WEEK = timedelta(days=7)
_SHOWN_AFTER = timedelta(hours=1)
_MOST_READS = 3


@dataclass(frozen=True)
class HomePublisher:
    """The workflow ``home``. ``web`` is the code host's web address, such as ``https://github.com``.

    ``count_triage`` counts what waits for a sensei.
    ``load_words`` returns the rubric's words for levels. ``describe_check_in`` says when a participant is
    asked next.
    """

    chat: Chat | None
    store: Store
    web: str
    now: Callable[[], datetime]
    count_triage: CountsTriage | None = None
    load_words: LoadWords = without_words
    describe_check_in: DescribesCheckIn | None = None

    def home(self, steps: Steps, argument: Json) -> Json:
        """Publish an App Home. If this fails for good, it is published again the next time it's opened."""
        result = insist(steps, "publish", lambda: pause_if_rejected(lambda: self._publish(argument)))
        if result["outcome"] == PAUSED:
            steps.tx("wait", lambda tx: self._put_back(tx, argument))
        return {"outcome": result["outcome"]}

    def _put_back(self, tx: Tx, argument: Json) -> None:
        if "person" in argument:
            refresh_home(tx, argument["person"], self.now())
        else:
            refresh_user_home(tx, argument["workspace"], argument["user"], self.now())

    def _publish(self, argument: Json) -> Json:
        """Publish the Home, then read its data again; repeat until nothing has changed.

        Two runs may publish in either order, so each checks its data once more after publishing.
        """
        shown: View | None = None
        for _ in range(_MOST_READS):
            user, view = self._make_view(argument)
            if self.chat is None or user is None or view == shown:
                break
            # Nobody waits for a Home that changes because of others.
            urgency = Urgency.BACKGROUND if "person" in argument else Urgency.NORMAL
            self.chat.publish_home(user, view, urgency)
            shown = view
        return {}

    def _make_view(self, argument: Json) -> tuple[str | None, View]:
        with self.store.read() as tx:
            if "person" in argument:
                user = chat_address(tx, argument["person"])
                members = tx.members.roles(argument["person"])
                workspace = tx.cohorts.get(members[0].cohort).workspace if members else None
                actor = make_actor(tx, argument["person"], workspace or "", user or "")
            else:
                user = argument["user"]
                actor = find_actor(tx, argument["workspace"], argument["user"])
            home = gather_home(
                tx,
                actor,
                self.now,
                self.web,
                self.count_triage,
                self.load_words,
                self.describe_check_in,
            )
            return user, rendering.home_view(home)


def feature(
    web: str,
    count_triage: CountsTriage | None = None,
    load_words: LoadWords = without_words,
    describe_check_in: DescribesCheckIn | None = None,
) -> Feature:
    """Return the buttons for the previous and next page of an App Home."""

    def turn_page(tx: Tx, actor: Actor, click: Click, clock: Clock) -> View:
        number = click.value if isinstance(click.value, str) and click.value.isdecimal() else "1"
        home = gather_home(tx, actor, clock, web, count_triage, load_words, describe_check_in)
        return rendering.home_view(home, int(number[:4]))

    return Feature(buttons={rendering.PAGE: Button(Action.HOME_SEE, redraws=turn_page)})


def local_today(actor: Actor, clock: Clock) -> date:
    """Return today's date in the actor's time zone, or in UTC if it isn't known."""
    return day_in(_time_zone(actor), clock())


def _time_zone(actor: Actor) -> str:
    return next((member.profile.hours.time_zone for member in actor.here if member.profile), "")


def gather_home(  # noqa: PLR0913, PLR0917 - what a Home depends on
    tx: Tx,
    actor: Actor,
    clock: Clock,
    web: str,
    count_triage: CountsTriage | None = None,
    load_words: LoadWords = without_words,
    describe_check_in: DescribesCheckIn | None = None,
) -> Home:
    """Return the current content of the actor's App Home.

    Without ``count_triage``, a sensei's does not say what waits for them. To count it, ledgers are loaded.
    ``load_words`` returns the rubric's words for levels. Without ``describe_check_in``, a participant's does
    not say when they are asked next.
    """
    today = local_today(actor, clock)
    if actor.cohort is None:
        return Home("", "", today)
    cohort = tx.cohorts.get(actor.cohort)
    if not actor.here:
        return Home("", cohort.name, today)
    roles = {member.role: member for member in actor.here}
    only_for = None if CohortRole.LEAD in roles else actor.person
    rows = _CohortRows(
        tx,
        actor.cohort,
        _time_zone(actor),
        clock(),
        web,
        only_for,
        count_triage,
        load_words,
        describe_check_in,
    )
    return Home(
        actor.here[0].name,
        cohort.name,
        today,
        rows.participant_home(roles[CohortRole.PARTICIPANT]) if CohortRole.PARTICIPANT in roles else None,
        rows.sensei_home(roles[CohortRole.SENSEI]) if CohortRole.SENSEI in roles else None,
        rows.lead_home(actor.here[0].person) if CohortRole.LEAD in roles else None,
        tuple(tx.cohorts.dates(actor.cohort)),
        rows.pending_requests(actor.here),
        actor.cohort,
        rows.leads,
        gather_one_to_ones(tx, actor, rows.meeting_pairs(actor), clock()),
    )


class _CohortRows:
    """A cohort's rows, read once for one App Home. ``zone`` is the time zone of the person who sees it.

    ``only_for`` limits them to what concerns one person, because reading a whole cohort takes most of the
    time of an answer. Leads see everybody's.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a Home depends on
        self,
        tx: Tx,
        cohort: int,
        zone: str,
        now: datetime,
        web: str,
        only_for: str | None,
        count_triage: CountsTriage | None,
        load_words: LoadWords,
        describe_check_in: DescribesCheckIn | None,
    ) -> None:
        self._count_triage, self._load_words = count_triage, load_words
        self._describe_check_in = describe_check_in
        self._zone, self._now, self._web = zone, now, web
        self._tx, self._cohort = tx, cohort
        self._is_waiting = partial(sensei_confirmation.is_waiting, tx)
        self._absences = tx.absences.not_over(cohort, now)
        self._forbidden = tx.never_pairs.forbidden(cohort) if self._absences else frozenset()
        paired = self._list_paired(only_for)
        ongoing = tx.pairings.ongoing(cohort, paired)
        self._pairs = [pair for pair in ongoing if pair.state in TAKES_A_PLACE]
        people = self._list_concerned(only_for)
        self._members = [
            member
            for member in tx.members.of(cohort, people=people)
            if member.state is not EnrolmentState.LEFT
        ]
        self._roles = {(member.person, member.role): member for member in self._members}
        self.leads = member_list.pick_leads(tx.members.of(cohort, CohortRole.LEAD))
        self.pending_requests = PendingRows(tx, cohort, self._members, ongoing, zone).gather
        self._questions: dict[str, list[OpenQuestion]] = {}
        capstones = {
            person: owned
            for person, owned in tx.standings.capstones(cohort).items()
            if people is None or person in people
        }
        owners = {capstone: person for person, owned in capstones.items() for capstone in owned}
        for question in tx.standings.questions(list(owners)):
            self._questions.setdefault(owners[question.capstone], []).append(question)
        self._moved: Counter[str] = Counter()
        for capstone, times in tx.standings.count_movements(list(owners), now - _WEEK).items():
            self._moved[owners[capstone]] += times
        self._names = tx.standings.names(list(owners))
        self._capstones = {person: owned[0] for person, owned in capstones.items()}
        self._owners = owners

    def _list_paired(self, only_for: str | None) -> frozenset[str] | None:
        """Return whose pairs to read: a person's, and those of senseis whose deputy they are. None: all."""
        if only_for is None:
            return None
        begun = [absence for absence in self._absences if absence.has_begun(self._now)]
        return frozenset({only_for, *(absence.sensei for absence in begun if absence.deputy == only_for)})

    def _list_concerned(self, only_for: str | None) -> frozenset[str] | None:
        """Return the people who are named to a person; None for everybody."""
        if only_for is None:
            return None
        paired = {person for pair in self._pairs for person in (pair.participant, pair.sensei)}
        known = {only_for, *paired}
        deputies = {
            absence.deputy for absence in self._absences if absence.deputy and absence.sensei in known
        }
        return frozenset(known | deputies)

    def participant_home(self, member: Member) -> ParticipantHome:
        pair = next((pair for pair in self._active_pairs() if pair.participant == member.person), None)
        deputy = self._find_deputy(pair) if pair else None
        return ParticipantHome(
            member.state,
            self._find_person(pair.sensei) if pair else None,
            self._find_person(deputy) if deputy else None,
            tuple(self._show_question(question) for question in self._questions.get(member.person, ())),
            member.code,
            member.profile.brief if member.profile else "",
            self._names.get(self._capstones.get(member.person, 0)),
            pair.id if pair else None,
            self._digest_decisions(member.person),
            list_waiting_questions(self._tx, member.person),
            list_levels(self._tx, self._load_words, self._find_capstones(member.person), self._zone),
            self._describe_check_in(self._tx, member, self._now) if self._describe_check_in else "",
            self._sessions.get(member.person),
            tuple(absence for absence in self._absences if absence.sensei == member.person),
        )

    def meeting_pairs(self, actor: Actor) -> list[MeetingPair]:
        """List the active pairs in which a person takes part, also as today's deputy."""
        return [
            MeetingPair(self._cohort, pair.participant, pair.sensei, member.enrolment)
            for pair in self._active_pairs()
            if actor.person in {pair.participant, pair.sensei, self._find_deputy(pair)}
            and (member := self._roles.get((pair.participant, CohortRole.PARTICIPANT)))
        ]

    def _find_capstones(self, person: str) -> list[int]:
        return [capstone for capstone, owner in self._owners.items() if owner == person]

    def _digest_decisions(self, person: str) -> DecisionDigest:
        """Return a participant's own decisions in this cohort, in short."""
        if person not in self._capstones:
            return NO_DECISIONS
        return digest_decisions(
            ShownDecision(decision, self._names[decision.capstone], is_own=True)
            for decision in self._tx.decisions.by_person(person)
            if decision.capstone in self._names and is_author(decision, person)
        )

    def sensei_home(self, member: Member) -> SenseiHome:
        own = [pair.participant for pair in self._active_pairs() if pair.sensei == member.person]
        others = [
            (pair.participant, self._find_person(pair.sensei))
            for pair in self._active_pairs()
            if pair.sensei != member.person and self._find_deputy(pair) == member.person
        ]
        decisions = self._count_decisions() if own or others else Counter[str]()
        participants = [self._show_participant(person, decisions) for person in own]
        participants += [self._show_participant(person, decisions, sensei) for person, sensei in others]
        participants.sort(key=_order_of_participant)
        waiting = self._is_waiting(member)
        return SenseiHome(
            member.state,
            member.profile.capacity if member.profile else 0,
            tuple(participants),
            tuple(self._find_absences(member.person)),
            member.code,
            waiting,
            NOTHING_WAITS if waiting else self._find_triage(member.person),
        )

    def _find_triage(self, person: str) -> TriageCounts:
        """Return what waits for a sensei, if anyone asked for it."""
        if self._count_triage is None:
            return NOTHING_WAITS
        return self._count_triage(self._tx, person, self._cohort, self._now)

    def lead_home(self, lead: str) -> LeadHome:
        pairs = [pair for pair in self._pairs if may_see(pair, lead)]
        participants = self._members_as(CohortRole.PARTICIPANT)
        senseis = self._members_as(CohortRole.SENSEI)
        paired = {pair.participant for pair in pairs}
        active = [member for member in participants if member.state is EnrolmentState.ACTIVE]
        away = [
            (self._find_person(sensei.person), absence)
            for sensei in senseis
            for absence in self._find_absences(sensei.person, lead)
        ]
        people = {member.person: member for member in self._members}.values()
        return LeadHome(
            count_people(self._members, sensei_confirmation.find_unconfirmed(self._tx, self._members)),
            self._find_stuck(),
            tuple(_show_person(member) for member in active if member.person not in paired),
            self._find_full(senseis, pairs),
            tuple(_show_person(member) for member in people if member.chat is None),
            tuple(_show_person(member) for member in participants if member.code is None),
            tuple(away),
            list_waiting_appeals(self._tx, self._load_words, self._cohort, lead, self._zone),
        )

    def _members_as(self, role: CohortRole) -> Sequence[Member]:
        return [member for member in self._members if member.role is role]

    def _find_stuck(self) -> tuple[StuckParticipant, ...]:
        found = []
        for person, questions in self._questions.items():
            waiting = [question for question in questions if question.state is QuestionState.ASKED]
            days = [days for question in waiting if (days := self._count_days(question)) > STUCK_DAYS]
            if days and (person, CohortRole.PARTICIPANT) in self._roles:
                found.append(StuckParticipant(self._find_person(person), len(days), max(days)))
        return tuple(sorted(found, key=lambda stuck: (-stuck.days, stuck.person.name.casefold())))

    def _find_full(self, senseis: Sequence[Member], pairs: Sequence[Pair]) -> tuple[FullSensei, ...]:
        loads: Mapping[str, int] = Counter(pair.sensei for pair in pairs)
        found = []
        for sensei in senseis:
            capacity = sensei.profile.capacity if sensei.profile else 0
            load = loads.get(sensei.person, 0)
            if load and load >= capacity:
                found.append(FullSensei(_show_person(sensei), load, capacity))
        return tuple(sorted(found, key=lambda full: (full.capacity - full.load, full.person.name.casefold())))

    def _count_decisions(self) -> Mapping[str, int]:
        """Count the confirmed decisions of everyone in these rows."""
        counts: Counter[str] = Counter()
        for capstone, confirmed in self._tx.decisions.count_confirmed(list(self._owners)).items():
            counts[self._owners[capstone]] += confirmed
        return counts

    def _show_participant(
        self, person: str, decisions: Mapping[str, int], standing_in_for: ShownPerson | None = None
    ) -> SenseiParticipant:
        member = self._roles.get((person, CohortRole.PARTICIPANT))
        return SenseiParticipant(
            self._find_person(person),
            member.state if member else EnrolmentState.ACTIVE,
            tuple(self._show_question(question) for question in self._questions.get(person, ())),
            self._moved[person],
            standing_in_for,
            member.enrolment if member else 0,
            decisions[person],
            any(capstone in self._skipped for capstone in self._find_capstones(person)),
            self._sessions.get(person),
        )

    @cached_property
    def _sessions(self) -> Mapping[str, datetime]:
        """When people's defences are, by participant. One that began over an hour ago isn't shown."""
        planned = self._tx.defences.list_sessions(list(self._owners))
        return {
            self._owners[capstone]: at for capstone, at in planned.items() if at > self._now - _SHOWN_AFTER
        }

    @cached_property
    def _skipped(self) -> Mapping[int, datetime]:
        """The capstones whose participants skipped the last two check-ins."""
        return self._tx.check_ins.skipped_twice(list(self._owners), self._now - SKIPS_TOLD)

    def _active_pairs(self) -> list[Pair]:
        return [pair for pair in self._pairs if pair.state is PairState.ACTIVE]

    def _find_deputy(self, pair: Pair) -> str | None:
        """Return today's deputy for a pair's sensei, unless a never-pair bars the participant from them."""
        deputy = next(
            (
                absence.deputy
                for absence in self._absences
                if absence.sensei == pair.sensei and absence.has_begun(self._now)
            ),
            None,
        )
        return None if (pair.participant, deputy) in self._forbidden else deputy

    def _find_absences(self, sensei: str, reader: str = "") -> list[SenseiAbsence]:
        """Return a sensei's absences. A participant ``reader`` sees no deputy who isn't theirs."""
        is_own = any((pair.participant, pair.sensei) == (reader, sensei) for pair in self._active_pairs())
        hidden = {deputy for person, deputy in self._forbidden if is_own and person == reader}
        return [
            SenseiAbsence(
                absence,
                self._find_person(absence.deputy)
                if absence.deputy and absence.deputy not in hidden
                else None,
            )
            for absence in self._absences
            if absence.sensei == sensei
        ]

    def _show_question(self, question: OpenQuestion) -> ShownQuestion:
        anchor = f"#discussion_r{question.comment}" if question.comment else ""
        address = f"{self._web}/{self._names[question.capstone]}/pull/{question.pull_request}{anchor}"
        return ShownQuestion(question.text, address, self._count_days(question), question.state)

    def _count_days(self, question: OpenQuestion) -> int:
        return max((day_in(self._zone, self._now) - day_in(self._zone, question.at)).days, 0)

    def _find_person(self, person: str) -> ShownPerson:
        member = next((member for member in self._members if member.person == person), None)
        return _show_person(member) if member else ShownPerson("someone who has left")


def _show_person(member: Member) -> ShownPerson:
    return ShownPerson(member.name, member.chat)


def _order_of_participant(shown: SenseiParticipant) -> tuple[str, str]:
    """Sort a sensei's own participants before those of the senseis for whom they stand in."""
    return (shown.standing_in_for.name if shown.standing_in_for else "", shown.person.name.casefold())
