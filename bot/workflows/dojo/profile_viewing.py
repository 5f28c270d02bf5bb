"""Showing a member's profile to the people who may see it: their sensei and the leads.

Participants and senseis get the same refusal whether or not the person exists.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.chat.events import Acted
from bot.domain.chat.slack_escapes import find_mentioned_user
from bot.domain.dojo import profiles
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action, DojoRole, Relation, is_allowed
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.dojo import slack_profile_view
from bot.rendering.dojo.slack_profile_view import SHOW, ShownProfile
from bot.workflows.chat.actors import Actor, Clock, participants_of
from bot.workflows.chat.features import Button, Feature, Form


def read_role_word(argument: str) -> str:
    """Return the role that the text after ``/dojo profile`` names, or an empty string."""
    word = argument.strip().lower()
    return word if word in set(CohortRole) else ""


def names_other_person(actor: Actor, argument: str) -> bool:
    """Return whether the text after ``/dojo profile`` names a person other than the actor."""
    wanted = argument.strip()
    if not wanted or read_role_word(wanted):
        return False
    if mentioned := find_mentioned_user(wanted):
        return mentioned != actor.user
    own = {member.name.casefold() for member in actor.here}
    return wanted.lstrip("@").casefold() not in own


@dataclass(frozen=True)
class ProfileViewing:
    """The read-only view of a profile. ``load_vocabulary`` returns the titles of skills and stacks."""

    load_vocabulary: Callable[[], Vocabulary]

    def feature(self) -> Feature:
        """Return the button that opens a profile, and the view, which nobody can submit."""
        return Feature(
            buttons={SHOW: Button(Action.PROFILE_SEE, opens=SHOW)},
            forms={SHOW: Form(Action.PROFILE_SEE, self._open_enrolment, _ignore_submission)},
        )

    def open_for(self, tx: Tx, actor: Actor, name: str, clock: Clock) -> View:
        """Return the view of a person's profiles, named in a command.

        Raises:
            UserError: the actor may not see any profile of theirs, or there is no such person.
        """
        reader = _ProfileReader.make(tx, actor, actor.cohort, clock)
        found = _match_members(reader.list_visible(tx), name)
        if len({member.person for member in found}) > 1:
            raise UserError(
                f"Several people are called {profiles.quote_word(name)}.", "Mention the one you mean: @name."
            )
        if not found:
            raise _refuse(actor, name)
        return self._show(tx, reader, found)

    def _open_enrolment(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        enrolment = parse_number(argument)
        for cohort in dict.fromkeys(member.cohort for member in actor.members):
            reader = _ProfileReader.make(tx, actor, cohort, clock)
            for member in reader.list_visible(tx):
                if member.enrolment == enrolment:
                    return self._show(tx, reader, [member])
        raise _refuse(actor)

    def _show(self, tx: Tx, reader: "_ProfileReader", members: Sequence[Member]) -> View:
        shown = [
            ShownProfile(
                member.name,
                member.chat,
                member.role,
                tx.cohorts.get(member.cohort).name,
                member.profile,
                member.role is CohortRole.PARTICIPANT and reader.may(Action.BRIEF_SEE, member),
            )
            for member in members
        ]
        return slack_profile_view.profile_view(shown, self.load_vocabulary())


@dataclass(frozen=True, slots=True)
class _ProfileReader:
    """A person who asks for profiles in a cohort. ``theirs`` are the participants whom they guide now."""

    person: str | None
    cohort: int
    roles: frozenset[DojoRole]
    theirs: frozenset[str]

    @classmethod
    def make(cls, tx: Tx, actor: Actor, cohort: int | None, clock: Clock) -> "_ProfileReader":
        chosen = cohort or 0
        theirs = participants_of(tx, actor.person, chosen, clock()) if actor.person else frozenset[str]()
        return cls(actor.person, chosen, actor.roles(chosen), theirs)

    def may(self, action: Action, member: Member) -> bool:
        relation = Relation.OTHER
        if member.person == self.person:
            relation = Relation.OWN
        elif member.person in self.theirs and member.role is CohortRole.PARTICIPANT:
            relation = Relation.THEIRS  # not for what the same person entered as a sensei
        return is_allowed(action, self.roles, relation)

    def list_visible(self, tx: Tx) -> list[Member]:
        """Return the enrolments with a profile that they may see, without those of former members."""
        return [
            member
            for member in tx.members.of(self.cohort)
            if member.role is not CohortRole.LEAD
            and member.state is not EnrolmentState.LEFT
            and self.may(Action.PROFILE_SEE, member)
        ]


def _match_members(members: Sequence[Member], name: str) -> list[Member]:
    """Return the members with this account or name, or else those whose name starts with it."""
    if mentioned := find_mentioned_user(name):
        return [member for member in members if member.chat == mentioned]
    wanted = name.strip().lstrip("@").casefold()
    exact = [member for member in members if member.name.casefold() == wanted]
    return exact or [member for member in members if wanted and member.name.casefold().startswith(wanted)]


def _refuse(actor: Actor, name: str = "") -> UserError:
    """Return the error for a profile that the actor can't see. For leads, there is no such person."""
    if not name and any(member.role is CohortRole.LEAD for member in actor.members):
        return UserError("I can't show you this profile.", "The person is no longer in a dojo that you lead.")
    if name and DojoRole.LEAD in actor.roles():
        return UserError(
            f"Nobody with a profile in this dojo is called {profiles.quote_word(name)}.",
            "`/dojo people` lists everyone. Mention the person, or give the name as it is listed.",
        )
    return UserError(
        "I can't show you that profile.",
        "You can see your own with `/dojo profile`. Senseis can also see their participants' profiles, and "
        "leads can see everyone's.",
    )


def _ignore_submission(_tx: Tx, _actor: Actor, _acted: Acted, _clock: Clock) -> None:
    """Do nothing: the view has no button that submits it, so only a forged request gets here."""
