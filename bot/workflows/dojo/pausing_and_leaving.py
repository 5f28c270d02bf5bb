"""Pausing, resuming and leaving.

Pausing and leaving end pairs, so each opens a form that says what will end and asks for confirmation. What
ends is decided when the form is submitted, because pairs may have changed since it was opened. The
confirmation says what ended.
"""

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
from bot.rendering.dojo import slack_membership, slack_pausing_and_leaving
from bot.rendering.dojo.home_actions import RESUME
from bot.rendering.dojo.slack_messages import text_message
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.dojo import sensei_confirmation, sensei_requests
from bot.workflows.dojo.form_submissions import cohort_metadata, find_own_cohort, require_submission
from bot.workflows.dojo.member_messages import find_enrolments, load_member, send_to_member
from bot.workflows.dojo.own_pairs import find_own_pairs, name_own_pairs

EndPairs = Callable[[Tx, str, int, datetime], object]
"""Ends a person's pairs in a cohort and looks for replacements. Called after they paused or left."""
TellLeads = Callable[[Tx, int, datetime], object]
"""Tells a cohort's leads who is waiting for a sensei. Called after a person has come back."""

_PAUSED, _RESUMED, _LEFT = "people.paused", "people.resumed", "people.left"


@dataclass(frozen=True)
class PausingAndLeaving:
    """``/dojo pause``, ``/dojo resume`` and ``/dojo leave``."""

    end_pairs: EndPairs
    tell_leads: TellLeads

    def feature(self) -> Feature:
        """Return the three commands and their messages, and the forms that ask for confirmation."""
        return Feature(
            commands=(
                Subcommand(
                    "pause",
                    Action.PAUSE,
                    "take a break: first I'll show you what will end, and ask you to confirm",
                    opens="people.pause",
                    then=self._pause_at_once,
                    alone="A pause starts once you've confirmed it; I can't plan one for later.",
                ),
                Subcommand(
                    "resume", Action.PAUSE, "end your pause", answer=_answer_resume, then=self._resume
                ),
                Subcommand("leave", Action.LEAVE, "leave the dojo", opens="people.leave"),
            ),
            buttons={
                RESUME: Button(Action.PAUSE, do=self._resume, check=_check_resume, does="end your pause")
            },
            forms={
                "people.pause": Form(
                    Action.PAUSE, _open_pause, self._pause, _check_pause, does="start your pause"
                ),
                "people.leave": Form(
                    Action.LEAVE, _open_leave, self._leave, _check_leave, does="let you leave the dojo"
                ),
            },
            words={_PAUSED: _write_paused, _RESUMED: _write_resumed, _LEFT: _write_left},
        )

    def _pause_at_once(self, tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
        """Pause without a form: for commands that an earlier version stored and confirmed."""
        self._pause_members(tx, _find_active(tx, actor, actor.cohort), clock())

    def _pause(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        cohort = find_own_cohort(actor, require_submission(acted))
        self._pause_members(tx, _find_active(tx, actor, cohort), clock())

    def _pause_members(self, tx: Tx, members: list[Member], at: datetime) -> None:
        for member in members:
            tx.members.set_state(member.enrolment, EnrolmentState.PAUSED)
            tx.audit(member.person, "people.pause", f"enrolment:{member.enrolment}")
        self._end_pairs_and_confirm(tx, members[0], _PAUSED, at)

    def _resume(self, tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
        members, at = _find_paused(tx, actor), clock()
        for member in members:
            tx.members.set_state(member.enrolment, EnrolmentState.ACTIVE)
            tx.audit(member.person, "people.resume", f"enrolment:{member.enrolment}")
        self.tell_leads(tx, members[0].cohort, at)
        send_to_member(tx, _RESUMED, members[0], at)
        refresh_homes_with_leads(tx, members[0].cohort, [members[0].person], at)

    def _leave(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        cohort, at = find_own_cohort(actor, require_submission(acted)), clock()
        members = _find_own_roles(actor, cohort, "leave")
        for member in members:
            tx.members.set_state(member.enrolment, EnrolmentState.LEFT)
            tx.audit(member.person, "people.leave", f"enrolment:{member.enrolment}")
            sensei_requests.withdraw_request(tx, member, at)
        self._end_pairs_and_confirm(tx, members[0], _LEFT, at)

    def _end_pairs_and_confirm(self, tx: Tx, member: Member, kind: str, at: datetime) -> None:
        own = find_own_pairs(tx, member.person, member.cohort, at)
        self.end_pairs(tx, member.person, member.cohort, at)
        send_to_member(tx, kind, member, at, own=own)
        refresh_homes_with_leads(tx, member.cohort, [member.person], at)


def _find_own_roles(actor: Actor, cohort: int | None, verb: str) -> list[Member]:
    """Return the actor's enrolments in a cohort, without the one as a lead.

    Raises:
        UserError: there are none. ``verb`` says what they wanted to do.
    """
    own = [member for member in actor.members if member.cohort == cohort]
    members = [member for member in own if member.role is not CohortRole.LEAD]
    if not own:
        raise refusal(actor)
    if not members:
        raise UserError(
            f"Only participants and senseis can {verb}, and you're a lead here. Nothing was changed.",
            "If you no longer want to be a lead, tell the person who runs Sensei.",
        )
    return members


def _require_confirmed(tx: Tx, members: list[Member]) -> list[Member]:
    """Return the enrolments without those as a sensei whom no lead has confirmed yet.

    Raises:
        UserError: there are no others.
    """
    confirmed = [member for member in members if not sensei_confirmation.is_waiting(tx, member)]
    if not confirmed:
        raise UserError(
            "A lead still has to confirm you as a sensei.",
            "I'll message you here when they've decided. Until then, you stay paused.",
        )
    return confirmed


# -- pausing and resuming


def _open_pause(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    members = _find_active(tx, actor, actor.cohort)
    person, cohort = members[0].person, members[0].cohort
    own = find_own_pairs(tx, person, cohort, clock())
    return slack_pausing_and_leaving.pause_form(
        tx.cohorts.get(cohort).name,
        name_own_pairs(tx, person, own),
        [member.role for member in actor.here],
        cohort_metadata(cohort),
    )


def _check_pause(tx: Tx, actor: Actor, submission: Submission, _clock: Clock) -> Mapping[str, str]:
    _find_active(tx, actor, find_own_cohort(actor, submission))
    return {}


def _find_active(tx: Tx, actor: Actor, cohort: int | None) -> list[Member]:
    """Return the enrolments that the actor can pause. Leads can't pause as leads.

    Raises:
        UserError: there are none.
    """
    members = _require_confirmed(tx, _find_own_roles(actor, cohort, "pause"))
    active = [member for member in members if member.state is EnrolmentState.ACTIVE]
    if not active:
        raise UserError(
            "You're already paused. Nothing was changed.", "To end your pause, use `/dojo resume`."
        )
    return active


def _answer_resume(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> OutgoingMessage:
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    _find_paused(tx, actor)
    return text_message("Your pause ends now. I'll confirm it in a direct message in a moment.")


def _check_resume(tx: Tx, actor: Actor, _click: Click, _clock: Clock) -> None:
    _find_paused(tx, actor)


def _find_paused(tx: Tx, actor: Actor) -> list[Member]:
    """Return the enrolments that the actor can resume.

    Raises:
        UserError: the actor isn't paused, or a lead must first confirm them as a sensei.
    """
    members = _find_own_roles(actor, actor.cohort, "resume")
    paused = [member for member in members if member.state is EnrolmentState.PAUSED]
    if not paused:
        raise UserError("You're not paused.", "Nothing was changed. `/dojo status` shows your status.")
    return _require_confirmed(tx, paused)


# -- leaving


def _open_leave(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.LEAVE, clock, Relation.OWN)
    members = _find_own_roles(actor, actor.cohort, "leave")
    person, cohort = members[0].person, members[0].cohort
    own = find_own_pairs(tx, person, cohort, clock())
    return slack_pausing_and_leaving.leave_form(
        tx.cohorts.get(cohort).name,
        name_own_pairs(tx, person, own),
        [member.role for member in actor.here],
        cohort_metadata(cohort),
    )


def _check_leave(_tx: Tx, actor: Actor, submission: Submission, _clock: Clock) -> Mapping[str, str]:
    _find_own_roles(actor, find_own_cohort(actor, submission), "leave")
    return {}


# -- messages. One that comes late is not sent if its news is over: another one has told the person already.


def _write_paused(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if member.state is not EnrolmentState.PAUSED:
        return None
    own = name_own_pairs(tx, member.person, about["own"]) if "own" in about else None
    return AddressedMessage((member.person,), slack_pausing_and_leaving.paused(cohort, own, member.role))


def _write_resumed(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if member.state is not EnrolmentState.ACTIVE:
        return None
    return AddressedMessage((member.person,), slack_membership.resumed(cohort, member.role))


def _write_left(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = load_member(tx, about)
    if any(
        role.state is not EnrolmentState.LEFT and role.role is not CohortRole.LEAD
        for role in find_enrolments(tx, member.person, member.cohort)
    ):  # they have joined again, perhaps in another role
        return None
    own = name_own_pairs(tx, member.person, about["own"]) if "own" in about else None
    return AddressedMessage((member.person,), slack_pausing_and_leaving.left(cohort, own))
