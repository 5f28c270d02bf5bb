"""Who acts in the chat: which person, in which cohort, as what, and what they may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole, Relation, is_allowed, is_ever_allowed, role
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.chat import ChatUser
from bot.ports.store import Tx
from bot.workflows.dojo import sensei_confirmation

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something in the chat. ``person`` is None for whom nobody has met yet.

    ``cohort`` is where they act: the newest that they are in, else the newest of the workspace; None where
    there is no cohort at all. ``members`` is all that they are, in every cohort that they have not left.
    ``unconfirmed`` are the enrolments as a sensei that wait for a lead.
    ``profile`` is how the chat has them, where a form asked for it and the chat answered.
    """

    workspace: str
    user: str
    person: str | None
    cohort: int | None
    members: tuple[Member, ...] = ()
    unconfirmed: frozenset[int] = frozenset()
    profile: ChatUser | None = None

    def roles(self, cohort: int | None = None) -> frozenset[DojoRole]:
        """Return what they are in a cohort, by default the one where they act; a guest if nothing."""
        where = self.cohort if cohort is None else cohort
        found = frozenset(self._role(member) for member in self.members if member.cohort == where)
        return found or frozenset({DojoRole.GUEST})

    def _role(self, member: Member) -> DojoRole:
        return DojoRole.UNCONFIRMED if member.enrolment in self.unconfirmed else role(member.role)

    @property
    def here(self) -> tuple[Member, ...]:
        """What they are in the cohort where they act."""
        return tuple(member for member in self.members if member.cohort == self.cohort)

    def anyhow(self, action: Action) -> bool:
        """Say whether an action is theirs at all, in the cohort where they act."""
        return is_ever_allowed(action, self.roles())

    def anywhere(self, action: Action) -> bool:
        """Say whether an action is theirs in any cohort: a button or a form may be of an earlier one.

        Whoever handles it asks for the cohort that it is of.
        """
        return any(
            is_ever_allowed(action, self.roles(one))
            for one in {self.cohort, *(m.cohort for m in self.members)}
        )


def find_actor(tx: Tx, workspace: str, user: str) -> Actor:
    """Return who a user of the chat is."""
    return make_actor(tx, tx.members.by_chat(workspace, user), workspace, user)


def make_actor(tx: Tx, person: str | None, workspace: str, user: str) -> Actor:
    """Return a person who is known already, and their account in the chat."""
    roles = tx.members.roles(person) if person else ()
    members = tuple(member for member in roles if member.state is not EnrolmentState.LEFT)
    cohort = members[0].cohort if members else cohort_of(tx, workspace)
    unconfirmed = frozenset(one.enrolment for one in members if sensei_confirmation.is_waiting(tx, one))
    return Actor(workspace, user, person, cohort, members, unconfirmed)


def cohort_of(tx: Tx, workspace: str) -> int | None:
    """Return the newest cohort that lives in a workspace; or that lives in none yet."""
    cohorts = tx.cohorts.all()
    for wanted in (workspace, None):
        if found := next((one.id for one in cohorts if one.workspace == wanted), None):
            return found
    return None


def relation_to(tx: Tx, actor: Actor, person: str, day: date, cohort: int | None = None) -> Relation:
    """Return whose a person's things are, seen from who acts, on a day."""
    if actor.person is None:
        return Relation.OTHER
    if person == actor.person:
        return Relation.OWN
    where = actor.cohort if cohort is None else cohort
    return Relation.THEIRS if where and person in participants_of(tx, actor.person, where, day) else _OTHER


_OTHER = Relation.OTHER


def participants_of(tx: Tx, sensei: str, cohort: int, day: date) -> frozenset[str]:
    """Return the participants of a sensei, and of those for whom they stand in on a day.

    They stand in for nobody with whom they must not be paired, whoever chose them.
    """
    absent = {
        one.sensei
        for one in tx.members.absences(cohort, day)
        if one.deputy == sensei and one.first <= day <= one.last
    }
    forbidden = tx.members.forbidden(cohort) if absent else frozenset()
    return frozenset(
        pair.participant
        for pair in tx.pairings.going_on(cohort)
        if pair.state is PairState.ACTIVE
        and (pair.sensei == sensei or (pair.sensei in absent and (pair.participant, sensei) not in forbidden))
    )


def require_permission(
    tx: Tx, actor: Actor, action: Action, clock: Clock, about: str | Relation = Relation.COHORT
) -> None:
    """Refuse what is not theirs to do; ``about`` is a person, or the relation where it is known.

    Raises:
        UserError: it is refused. It does not say whether there is such a person.
    """
    related = about if isinstance(about, Relation) else relation_to(tx, actor, about, clock().date())
    if not is_allowed(action, actor.roles(), related):
        raise refusal(actor)


def refusal(actor: Actor) -> UserError:
    """Return what somebody hears of what is not theirs to do, whatever it is."""
    if not actor.here:
        return UserError("You are not in the dojo yet.", "Nothing was changed. `/dojo join` lets you in.")
    return UserError("That is not yours to see or do.", "Nothing was changed. `/dojo help` lists what is.")
