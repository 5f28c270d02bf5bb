"""Editing a member's profile and a participant's capstone brief."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo import profiles
from bot.domain.dojo.people import CohortRole, Member
from bot.domain.dojo.permissions import Action, Relation
from bot.domain.dojo.profiles import UnreadableValueError, Vocabulary
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_membership, slack_profile_form
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.dojo.form_submissions import (
    enrolment_metadata,
    find_own_enrolment,
    opened_for_enrolment,
    require_submission,
)
from bot.workflows.dojo.member_messages import load_member, send_to_member
from bot.workflows.dojo.profile_form import ProfileFormReader, fill_form, read_brief
from bot.workflows.dojo.profile_viewing import ProfileViewing, names_other_person, read_role_word

_SAVED = "people.kept"


@dataclass(frozen=True)
class ProfileEditing:
    """``/dojo profile`` and ``/dojo brief``. ``load_vocabulary`` returns the known skills and stacks."""

    load_vocabulary: Callable[[], Vocabulary]

    def feature(self) -> Feature:
        """Return the commands, their forms, and the message that confirms a change."""
        return Feature(
            commands=(
                Subcommand(
                    "profile",
                    Action.PROFILE_EDIT,
                    "see and change your profile; senseis can also see their participants'",
                    "[sensei | @NAME]",
                    opens="people.profile",
                    for_leads=("[sensei | @NAME]", "see and change your own profile, or see anyone's"),
                    takes_text=True,
                ),
                Subcommand("brief", Action.BRIEF_EDIT, "describe your capstone", opens="people.brief"),
            ),
            forms={
                "people.profile": Form(
                    Action.PROFILE_EDIT,
                    self._open_profile,
                    self._save_profile,
                    self._check_profile,
                    does="save your profile",
                ),
                "people.brief": Form(
                    Action.BRIEF_EDIT,
                    _open_brief,
                    _save_brief,
                    _check_brief,
                    does="save the description of your capstone",
                ),
            },
            words={_SAVED: _write_saved},
        )

    def _open_profile(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        if names_other_person(actor, argument):
            return ProfileViewing(self.load_vocabulary).open_for(tx, actor, argument, clock)
        require_permission(tx, actor, Action.PROFILE_EDIT, clock, Relation.OWN)
        member = _choose_enrolment(actor, argument)
        form = fill_form(tx, member)
        if not form.name:
            form = replace(form, name=member.name)
        metadata = enrolment_metadata(member.enrolment)
        return slack_profile_form.profile_form(
            form, self.load_vocabulary(), role=member.role, metadata=metadata
        )

    def _check_profile(
        self, tx: Tx, actor: Actor, submission: Submission, _clock: Clock
    ) -> Mapping[str, str]:
        return ProfileFormReader(self.load_vocabulary(), tx, actor, submission).read()[1]

    def _save_profile(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        form = ProfileFormReader(self.load_vocabulary(), tx, actor, require_submission(acted))
        profile = form.require_profile()
        member, at = find_own_enrolment(actor, form.enrolment), clock()
        tx.members.find_or_add_by_chat(actor.workspace, actor.user, form.name, at)
        tx.members.set_profile(member.enrolment, profile)
        tx.audit(member.person, "people.profile", f"enrolment:{member.enrolment}")
        send_to_member(tx, _SAVED, member, at, what="profile")
        refresh_homes_with_leads(tx, member.cohort, [member.person], at)


def _choose_enrolment(actor: Actor, argument: str) -> Member:
    """Return the enrolment in the role named by ``argument``, by default the first that isn't a lead's.

    If ``argument`` is no role, it is the actor's own name or account.
    """
    members = [member for member in actor.here if member.role is not CohortRole.LEAD]
    if not members:
        raise UserError(
            "You're a lead here, and leads have no profile.",
            "To be a participant or a sensei as well, use `/dojo join`.",
        )
    role = read_role_word(argument)
    chosen = next((member for member in members if role in {"", member.role.value}), None)
    if chosen is None:
        raise UserError(
            f"You don't have the role {profiles.quote_word(role)} in this dojo.",
            f"`/dojo profile` without a role shows your profile as a {members[0].role.value}.",
        )
    return chosen


def _open_brief(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.BRIEF_EDIT, clock, Relation.OWN)
    member = next((member for member in actor.here if member.role is CohortRole.PARTICIPANT), None)
    if member is None:
        raise UserError("Only participants have a capstone.", "To become a participant, use `/dojo join`.")
    if member.profile is None:
        raise UserError(
            "You haven't filled in your profile yet.",
            "Fill it in with `/dojo profile`. It has a field for your capstone too.",
        )
    return slack_profile_form.brief_form(member.profile.brief, enrolment_metadata(member.enrolment))


def _check_brief(_tx: Tx, actor: Actor, submission: Submission, _clock: Clock) -> Mapping[str, str]:
    find_own_enrolment(actor, opened_for_enrolment(submission))
    try:
        read_brief(submission.text("brief"))
    except UnreadableValueError as fault:
        return {"brief": str(fault)}
    return {}


def _save_brief(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    submission, at = require_submission(acted), clock()
    member = find_own_enrolment(actor, opened_for_enrolment(submission))
    if member.profile is None or member.role is not CohortRole.PARTICIPANT:
        raise refusal(actor)
    brief = read_brief(submission.text("brief"))
    tx.members.set_profile(member.enrolment, replace(member.profile, brief=brief))
    tx.audit(member.person, "brief.edit", f"enrolment:{member.enrolment}")
    send_to_member(tx, _SAVED, member, at, what="brief")
    refresh_homes_with_leads(tx, member.cohort, [member.person], at)


def _write_saved(tx: Tx, about: Json) -> AddressedMessage | None:
    member, _ = load_member(tx, about)
    text = (
        "The description of your capstone is saved." if about["what"] == "brief" else "Your profile is saved."
    )
    return AddressedMessage((member.person,), slack_membership.saved(text))
