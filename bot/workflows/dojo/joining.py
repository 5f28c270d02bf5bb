"""Joining a dojo, and the welcome messages for members who join or are imported.

A sensei who joins on their own is paused until a lead has confirmed them (``sensei_requests``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.chat.events import Acted, Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.dojo.permissions import Action
from bot.domain.dojo.profiles import Vocabulary
from bot.errors import UserError
from bot.ports.chat import ChatUser, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_join_form, slack_membership
from bot.rendering.dojo.slack_profile_form import FilledForm
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import AddressedMessage, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.dojo import account_eligibility, join_news, sensei_confirmation, sensei_requests
from bot.workflows.dojo.form_submissions import join_metadata, require_submission
from bot.workflows.dojo.member_messages import find_enrolments, load_member, send_to_member
from bot.workflows.dojo.people_import import WELCOME
from bot.workflows.dojo.profile_form import ProfileFormReader, fill_form

_JOINED = "people.joined"
TellLeads = Callable[[Tx, int, datetime], object]
_TOO_SOON = (
    "Less than a day ago, a lead declined your request to be a sensei, or you left the dojo. Once a day has "
    "passed, you can ask to be a sensei again. You can join as a participant right away."
)
_UNCHECKED = (
    "Slack didn't answer when I checked your account, so you haven't joined yet. Your answers are still "
    "here. Please submit the form again in a minute."
)


@dataclass(frozen=True)
class Joining:
    """``/dojo join``. ``load_vocabulary`` returns the known skills and stacks.

    ``tell_leads`` tells a cohort's leads who is waiting for a sensei.
    """

    load_vocabulary: Callable[[], Vocabulary]
    tell_leads: TellLeads

    def feature(self) -> Feature:
        """Return the command, its form, and the messages that welcome members."""
        return Feature(
            commands=(
                Subcommand(
                    "join",
                    Action.JOIN,
                    "join the dojo",
                    "[participant or sensei]",
                    opens="people.join",
                    takes_text=True,
                ),
            ),
            forms={
                "people.join": Form(
                    Action.JOIN, self._open, self._join, self._check, meets=True, does="let you join the dojo"
                )
            },
            words={WELCOME: _write_welcome, _JOINED: _write_joined},
        )

    def _open(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        if actor.cohort is None:
            raise UserError(
                "There's no dojo to join here yet.",
                "The person who runs Sensei can create one with `sensei cohort add`.",
            )
        if actor.profile:
            _require_full_member(actor.profile)
        role = _read_role(argument)
        cohort = tx.cohorts.get(actor.cohort).name
        if role is None:
            return slack_join_form.role_choice(cohort)
        if role is CohortRole.SENSEI and _is_resting(tx, actor, actor.cohort, clock):
            raise UserError(_TOO_SOON, "Nothing was changed.")
        form = _fill_form(tx, actor, actor.cohort, role)
        metadata = join_metadata(actor.cohort, role)
        return slack_join_form.join_form(form, self.load_vocabulary(), cohort, role=role, metadata=metadata)

    def _check(self, tx: Tx, actor: Actor, submission: Submission, clock: Clock) -> Mapping[str, str]:
        form = ProfileFormReader(self.load_vocabulary(), tx, actor, submission)
        # The forms of earlier versions ask for the role; in later ones it was chosen before.
        block = "role" if "role" in submission.values else "name"
        too_soon = {block: _TOO_SOON} if _is_too_soon(tx, form, clock) else {}
        if actor.profile:
            _require_full_member(actor.profile)
        unchecked = {} if actor.profile else {"name": _UNCHECKED}
        return {**unchecked, **form.read()[1], **too_soon}

    def _join(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        form = ProfileFormReader(self.load_vocabulary(), tx, actor, require_submission(acted))
        profile = form.require_profile()
        if _is_too_soon(tx, form, clock):
            raise UserError(_TOO_SOON, "Nothing was changed.")
        at, before = clock(), form.find_enrolment()
        person = tx.members.find_or_add_by_chat(actor.workspace, actor.user, form.name, at)
        if tx.cohorts.get(form.cohort).workspace is None:
            tx.cohorts.set_workspace(form.cohort, actor.workspace)
        needs_confirmation = form.role is CohortRole.SENSEI and (
            before is None or sensei_confirmation.is_waiting(tx, before)
        )
        member = tx.members.join(form.cohort, person, form.role, at)
        tx.members.set_profile(member.enrolment, profile)
        tx.audit(person, "people.join", f"enrolment:{member.enrolment}", role=str(form.role))
        if needs_confirmation:
            sensei_requests.ask_leads(tx, member, at)
        elif before is None or before.state is EnrolmentState.LEFT:
            join_news.tell_leads(tx, member, at)
        else:
            self.tell_leads(tx, form.cohort, at)
        send_to_member(tx, _JOINED, member, at)
        refresh_homes_with_leads(tx, form.cohort, [person], at)


def _require_full_member(profile: ChatUser) -> None:
    reason = account_eligibility.why_not(profile)
    if reason:
        raise UserError(
            f"Your Slack account {reason}, so you can't join the dojo.",
            "Nothing was changed. The person who runs Sensei can tell you how to get a full account.",
        )


def _read_role(argument: str) -> CohortRole | None:
    """Return the role that an argument names, or None if it is empty: then the person chooses one."""
    role = argument.strip().lower()
    if role not in {"", "participant", "sensei"}:
        raise UserError(
            "You can join as a participant or as a sensei.",
            "Use `/dojo join` to open the form. Only a lead, or the person who runs Sensei, can make you a "
            "lead.",
        )
    return CohortRole(role) if role else None


def _fill_form(tx: Tx, actor: Actor, cohort: int, role: CohortRole) -> FilledForm:
    """Fill the form from an earlier profile in this role, or else from the actor's Slack profile."""
    enrolments = find_enrolments(tx, actor.person, cohort)
    before = next((member for member in enrolments if member.role is role), None)
    form = fill_form(tx, before) if before and before.profile else FilledForm()
    if actor.profile and not form.name:
        return replace(form, name=actor.profile.name, time_zone=actor.profile.time_zone)
    return replace(form, name=before.name) if before else form


def _is_too_soon(tx: Tx, form: ProfileFormReader, clock: Clock) -> bool:
    """Return whether joining would ask the leads about the same person again too soon."""
    if form.enrolment or form.role is not CohortRole.SENSEI:
        return False
    before = form.find_enrolment()
    return before is not None and sensei_confirmation.is_resting(tx, before, clock())


def _is_resting(tx: Tx, actor: Actor, cohort: int, clock: Clock) -> bool:
    enrolments = find_enrolments(tx, actor.person, cohort)
    before = next((member for member in enrolments if member.role is CohortRole.SENSEI), None)
    return before is not None and sensei_confirmation.is_resting(tx, before, clock())


def _write_welcome(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if member.state is EnrolmentState.LEFT:
        return None
    return AddressedMessage((member.person,), slack_membership.welcome(cohort, member.role))


def _write_joined(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if member.state is EnrolmentState.LEFT:  # they, or the lead who declined them, were quicker
        return None
    waiting = sensei_confirmation.is_waiting(tx, member)
    return AddressedMessage((member.person,), slack_membership.joined(cohort, member.role, waiting=waiting))
