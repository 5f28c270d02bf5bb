"""The person acting in the chat: their cohort, roles and permissions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole, Relation, dojo_role, is_allowed, is_ever_allowed
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.chat import ChatUser
from bot.ports.store import Tx
from bot.workflows.dojo import sensei_confirmation

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in the chat. ``person`` is None for an account that is not known yet.

    ``cohort`` is where they act: their newest cohort, or else the workspace's newest one, or None if there
    are no cohorts. ``members`` are their enrolments in all cohorts that they have not left. ``unconfirmed``
    are their enrolments as a sensei that a lead has not confirmed yet. ``profile`` is their profile in the
    chat, if a form asked for it and the chat answered.
    """

    workspace: str
    user: str
    person: str | None
    cohort: int | None
    members: tuple[Member, ...] = ()
    unconfirmed: frozenset[int] = frozenset()
    profile: ChatUser | None = None

    def roles(self, cohort: int | None = None) -> frozenset[DojoRole]:
        """Return their roles in a cohort, by default the one where they act. Guests have no other role."""
        chosen = self.cohort if cohort is None else cohort
        found = frozenset(self._find_role(member) for member in self.members if member.cohort == chosen)
        return found or frozenset({DojoRole.GUEST})

    def _find_role(self, member: Member) -> DojoRole:
        return DojoRole.UNCONFIRMED if member.enrolment in self.unconfirmed else dojo_role(member.role)

    @property
    def here(self) -> tuple[Member, ...]:
        """Their enrolments in the cohort where they act."""
        return tuple(member for member in self.members if member.cohort == self.cohort)

    def may_ever(self, action: Action) -> bool:
        """Return whether there is anyone to whom they may do this in the cohort where they act."""
        return is_ever_allowed(action, self.roles())

    def may_anywhere(self, action: Action) -> bool:
        """Return whether they may ever do this in any cohort.

        Buttons and forms may belong to an earlier cohort, so the handler checks the permission for that
        cohort.
        """
        cohorts = {self.cohort, *(member.cohort for member in self.members)}
        return any(is_ever_allowed(action, self.roles(cohort)) for cohort in cohorts)


def find_actor(tx: Tx, workspace: str, user: str) -> Actor:
    """Return the actor behind an account in the chat."""
    return make_actor(tx, tx.members.by_chat(workspace, user), workspace, user)


def make_actor(tx: Tx, person: str | None, workspace: str, user: str) -> Actor:
    """Return the actor for an account in the chat. ``person`` is None if they are not known yet."""
    roles = tx.members.roles(person) if person else ()
    members = tuple(member for member in roles if member.state is not EnrolmentState.LEFT)
    cohort = members[0].cohort if members else cohort_of(tx, workspace)
    unconfirmed = sensei_confirmation.find_unconfirmed(tx, members)
    return Actor(workspace, user, person, cohort, members, unconfirmed)


def cohort_of(tx: Tx, workspace: str) -> int | None:
    """Return the newest cohort of a workspace, or else the newest without a workspace."""
    cohorts = tx.cohorts.all()
    for wanted in (workspace, None):
        if found := next((cohort.id for cohort in cohorts if cohort.workspace == wanted), None):
            return found
    return None


def relation_to(tx: Tx, actor: Actor, person: str, moment: datetime, cohort: int | None = None) -> Relation:
    """Return the relation of a person to the actor at a moment."""
    if actor.person is None:
        return Relation.OTHER
    if person == actor.person:
        return Relation.OWN
    chosen = actor.cohort if cohort is None else cohort
    if chosen and person in participants_of(tx, actor.person, chosen, moment):
        return Relation.THEIRS
    return Relation.OTHER


def participants_of(tx: Tx, sensei: str, cohort: int, moment: datetime) -> frozenset[str]:
    """Return a sensei's participants, including those for whom they are the deputy at a moment.

    A deputy never stands in for a participant with whom they must not be paired, even if a lead chose them,
    nor for themselves.
    """
    absent = {
        absence.sensei
        for absence in tx.absences.not_over(cohort, moment)
        if absence.deputy == sensei and absence.has_begun(moment)
    }
    forbidden = tx.never_pairs.forbidden(cohort) if absent else frozenset()
    return frozenset(
        pair.participant
        for pair in tx.pairings.ongoing(cohort)
        if pair.state is PairState.ACTIVE
        and pair.participant != sensei
        and (pair.sensei == sensei or (pair.sensei in absent and (pair.participant, sensei) not in forbidden))
    )


def require_permission(
    tx: Tx, actor: Actor, action: Action, clock: Clock, about: str | Relation = Relation.COHORT
) -> None:
    """Refuse an action that the actor may not do. ``about`` is a person, or their relation if it is known.

    Raises:
        UserError: the action is refused. The error does not reveal whether the person exists.
    """
    relation = about if isinstance(about, Relation) else relation_to(tx, actor, about, clock())
    if not is_allowed(action, actor.roles(), relation):
        raise refusal(actor)


def refusal(actor: Actor) -> UserError:
    """Return the error for any action that an actor may not do."""
    if not actor.here:
        return UserError("You're not in this dojo.", "To join, use `/dojo join`.")
    return UserError(
        "Your role in this dojo doesn't allow that.", "To see what you can do, use `/dojo help`."
    )
