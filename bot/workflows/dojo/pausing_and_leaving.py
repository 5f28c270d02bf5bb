"""Pausing, resuming and leaving."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chat.events import Acted, Click, Submission
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.dojo.permissions import Action, Relation
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_membership
from bot.rendering.dojo.home_actions import RESUME
from bot.rendering.dojo.slack_messages import text_message
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.dojo import sensei_confirmation, sensei_requests
from bot.workflows.dojo.form_submissions import cohort_metadata, find_own_cohort, require_submission
from bot.workflows.dojo.member_messages import load_member, send_to_member

EndPairs = Callable[[Tx, str, int, datetime], object]
"""Ends a person's pairs in a cohort and looks for replacements. Called after they paused or left."""

_PAUSED, _RESUMED, _LEFT = "people.paused", "people.resumed", "people.left"


@dataclass(frozen=True)
class PausingAndLeaving:
    """``/dojo pause``, ``/dojo resume`` and ``/dojo leave``."""

    end_pairs: EndPairs

    def feature(self) -> Feature:
        """Return the three commands and their messages, and the form that confirms leaving."""
        return Feature(
            commands=(
                Subcommand(
                    "pause",
                    Action.PAUSE,
                    "take a break: your pair ends, and you get no new one",
                    answer=_answer_pause,
                    then=self._pause,
                ),
                Subcommand("resume", Action.PAUSE, "end your pause", answer=_answer_resume, then=_resume),
                Subcommand("leave", Action.LEAVE, "leave the dojo", opens="people.leave"),
            ),
            buttons={RESUME: Button(Action.PAUSE, do=_resume, check=_check_resume)},
            forms={
                "people.leave": Form(Action.LEAVE, _open_leave, self._leave, _check_leave),
                "people.pause": Form(Action.PAUSE, _open_pause, self._pause),
            },
            words={_PAUSED: _write_paused, _RESUMED: _write_resumed, _LEFT: _write_left},
        )

    def _pause(self, tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
        members, at = _find_active(actor), clock()
        if not members:
            raise _already_paused()
        for member in members:
            tx.members.set_state(member.enrolment, EnrolmentState.PAUSED)
            tx.audit(member.person, "people.pause", f"enrolment:{member.enrolment}")
        self._end_pairs_and_confirm(tx, members[0], _PAUSED, at)

    def _leave(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        members, at = _find_leaving(actor, require_submission(acted)), clock()
        for member in members:
            tx.members.set_state(member.enrolment, EnrolmentState.LEFT)
            tx.audit(member.person, "people.leave", f"enrolment:{member.enrolment}")
            sensei_requests.withdraw_request(tx, member, at)
        self._end_pairs_and_confirm(tx, members[0], _LEFT, at)

    def _end_pairs_and_confirm(self, tx: Tx, member: Member, kind: str, at: datetime) -> None:
        self.end_pairs(tx, member.person, member.cohort, at)
        send_to_member(tx, kind, member, at)
        refresh_homes_with_leads(tx, member.cohort, [member.person], at)


# -- pausing and resuming


def _answer_pause(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    if not _find_active(actor):
        raise _already_paused()
    return text_message("Your pause starts now. I'll confirm it in a direct message in a moment.")


def _open_pause(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    members = _find_active(actor)
    if not members:
        raise _already_paused()
    return slack_membership.pause_form(
        tx.cohorts.get(members[0].cohort).name, cohort_metadata(members[0].cohort)
    )


def _find_active(actor: Actor) -> list[Member]:
    """Return the enrolments that the actor can pause. Leads can't pause as leads."""
    return [
        member
        for member in actor.here
        if member.role is not CohortRole.LEAD and member.state is EnrolmentState.ACTIVE
    ]


def _already_paused() -> UserError:
    return UserError("You're already paused.", "Nothing was changed. `/dojo status` shows your status.")


def _answer_resume(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    _find_paused(tx, actor)
    return text_message("Your pause ends now. I'll confirm it in a direct message in a moment.")


def _check_resume(tx: Tx, actor: Actor, _click: Click, _clock: Clock) -> None:
    _find_paused(tx, actor)


def _resume(tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
    members, at = _find_paused(tx, actor), clock()
    for member in members:
        tx.members.set_state(member.enrolment, EnrolmentState.ACTIVE)
        tx.audit(member.person, "people.resume", f"enrolment:{member.enrolment}")
    send_to_member(tx, _RESUMED, members[0], at)
    refresh_homes_with_leads(tx, members[0].cohort, [members[0].person], at)


def _find_paused(tx: Tx, actor: Actor) -> list[Member]:
    """Return the enrolments that the actor can resume.

    Raises:
        UserError: the actor isn't paused, or a lead must first confirm them as a sensei.
    """
    paused = [member for member in actor.here if member.state is EnrolmentState.PAUSED]
    if not paused:
        raise UserError("You're not paused.", "Nothing was changed. `/dojo status` shows your status.")
    resumable = [member for member in paused if not sensei_confirmation.is_waiting(tx, member)]
    if not resumable:
        raise UserError(
            "A lead still has to confirm you as a sensei.",
            "I'll message you here when they've decided. Until then, you stay paused.",
        )
    return resumable


# -- leaving


def _open_leave(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.LEAVE, clock, Relation.OWN)
    if actor.cohort is None:
        raise refusal(actor)
    roles = {member.role for member in actor.here}
    return slack_membership.leave_form(
        tx.cohorts.get(actor.cohort).name,
        sensei=CohortRole.SENSEI in roles,
        participant=CohortRole.PARTICIPANT in roles,
        metadata=cohort_metadata(actor.cohort),
    )


def _check_leave(_tx: Tx, actor: Actor, submission: Submission, _clock: Clock) -> Mapping[str, str]:
    _find_leaving(actor, submission)
    return {}


def _find_leaving(actor: Actor, submission: Submission) -> list[Member]:
    """Return the enrolments in the form's cohort that the actor leaves. Leads stay leads."""
    cohort = find_own_cohort(actor, submission)
    members = [
        member for member in actor.members if member.cohort == cohort and member.role is not CohortRole.LEAD
    ]
    if not members:
        raise UserError(
            "You've already left this dojo.", "Nothing was changed. `/dojo status` shows your status."
        )
    return members


# -- messages


def _write_paused(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    return AddressedMessage((member.person,), slack_membership.paused(cohort, member.role))


def _write_resumed(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    return AddressedMessage((member.person,), slack_membership.resumed(cohort))


def _write_left(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    return AddressedMessage((member.person,), slack_membership.left(cohort))
