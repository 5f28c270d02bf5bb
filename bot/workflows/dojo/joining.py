"""People's own side of a dojo: they join, say what they look for and bring, pause, and leave.

Whoever comes as a sensei of their own accord is paused until a lead has confirmed them (``confirming``).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bot.domain.chat.events import Acted, Click, SlashCommand, Submission
from bot.domain.chat.slash_commands import parse
from bot.domain.dojo import profiles
from bot.domain.dojo.people import MOST_INTEREST, CohortRole, EnrolmentState, Member, Profile, WorkingHours
from bot.domain.dojo.permissions import Action, DojoRole, Relation
from bot.domain.dojo.profiles import UnreadableValueError, Vocabulary
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage, View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.dojo import slack_joining as rendering
from bot.rendering.dojo.slack_joining import FilledForm
from bot.workflows.chat.actors import Actor, Clock, refusal, require_permission
from bot.workflows.chat.features import AddressedMessage, Button, Feature, Form, Subcommand
from bot.workflows.chat.home_refresh import refresh_homes_with_leads
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.dojo import app_home, sensei_confirmation
from bot.workflows.dojo.people_import import WELCOME

SOME = 2
"""What "some" of a skill is rated, where it was not rated otherwise before; "a lot" is ``MOST_INTEREST``."""

Parts = Callable[[Tx, str, int, datetime], object]
"""Ends the pairs of a person in a cohort, and looks for others anew: called once they are no longer there."""
Bars = Callable[[Tx, int, datetime], object]
"""Ends the pairs of a cohort that must not be any more."""
Deputises = Callable[[Tx, int, str, date, date], str | None]
"""Finds who can stand in for a sensei of a cohort in some days."""
Tells = Callable[[Tx, int, int, datetime], object]
"""Tells those whom a holiday of a cohort concerns, by its id."""

_JOINED, _ASKED, _ANSWERED = "people.joined", "people.asked", "people.answered"
_PAUSED, _RESUMED, _LEFT = "people.paused", "people.resumed", "people.left"
_KEPT, _NEVERS, _AWAY = "people.kept", "people.nevers", "people.away"
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Joining:
    """The people's side, with the words that there are and what pairing does for it."""

    words: Callable[[], Vocabulary]
    parts: Parts
    bars: Bars
    deputises: Deputises
    tells: Tells

    def feature(self) -> Feature:
        """Return the commands, forms, buttons and messages."""
        edits = Form(Action.PROFILE_EDIT, self._open_profile, self._save_profile, self._check)
        join = Form(Action.JOIN, self._open_join, self._join, self._check, meets=True)
        never = Form(Action.NEVER_ADD, _open_never, self._never, _check_never)
        return Feature(
            commands=(
                Subcommand("join", Action.JOIN, "join the dojo", "[sensei]", opens="people.join"),
                Subcommand(
                    "profile",
                    Action.PROFILE_EDIT,
                    "see and change what you said of yourself",
                    "[sensei]",
                    opens="people.profile",
                ),
                Subcommand("brief", Action.BRIEF_EDIT, "what your capstone is about", opens="people.brief"),
                Subcommand(
                    "never",
                    Action.NEVER_ADD,
                    "say in confidence whom you must not be paired with",
                    opens="people.never",
                ),
                Subcommand(
                    "pause",
                    Action.PAUSE,
                    "take a break: your pair ends, and nobody new is paired with you",
                    answer=_pausing,
                    then=self._pause,
                ),
                Subcommand("resume", Action.PAUSE, "come back from a pause", answer=_resuming, then=_resume),
                Subcommand("leave", Action.LEAVE, "leave the dojo", opens="people.leave"),
                Subcommand(
                    "away",
                    Action.ABSENCE_EDIT,
                    "your holidays as a sensei, and who stands in",
                    "[FIRST LAST [@deputy]]",
                    answer=self._leaving_for,
                    then=self._away,
                ),
            ),
            forms={
                "people.join": join,
                "people.profile": edits,
                "people.brief": Form(Action.BRIEF_EDIT, _open_brief, _save_brief, _check_brief),
                "people.never": never,
                "people.leave": Form(Action.LEAVE, _open_leave, self._leave, _check_leave),
            },
            buttons={
                rendering.CONFIRM: Button(Action.COHORT_EDIT, do=_confirm),
                rendering.DECLINE: Button(Action.COHORT_EDIT, do=_decline),
            },
            words={
                WELCOME: _welcome_words,
                _JOINED: _joined_words,
                _ASKED: _asked_words,
                _ANSWERED: _answered_words,
                _PAUSED: _paused_words,
                _RESUMED: _resumed_words,
                _LEFT: _left_words,
                _KEPT: _kept_words,
                _NEVERS: _nevers_words,
                _AWAY: _away_words,
            },
        )

    # -- joining, and what people say of themselves

    def _open_join(self, tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
        if actor.cohort is None:
            raise UserError(
                "There is no dojo here to join yet.", "Whoever runs Sensei makes one: `sensei cohort add`."
            )
        wanted = argument.strip().lower()
        if wanted not in {"", "participant", "sensei"}:
            raise UserError(
                "You join as a participant or as a sensei.",
                "`/dojo join` opens the form. Another lead names a lead, or the person who runs Sensei does.",
            )
        role = CohortRole(wanted or "participant")
        mine = next((one for one in _all_here(tx, actor) if one.role is role), None)
        form = _as_filled(tx, mine) if mine and mine.profile else FilledForm()
        if actor.profile and not form.name:
            form = replace(form, name=actor.profile.name, time_zone=actor.profile.time_zone)
        elif mine:
            form = replace(form, name=mine.name)
        cohort = tx.cohorts.get(actor.cohort).name
        return rendering.enrol(
            form, self.words(), cohort, role=role, joins=True, metadata=f"cohort:{actor.cohort}"
        )

    def _open_profile(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
        require_permission(tx, actor, Action.PROFILE_EDIT, clock, Relation.OWN)
        mine = _which(actor, argument)
        form = _as_filled(tx, mine)
        if not form.name:
            form = replace(form, name=mine.name)
        cohort = tx.cohorts.get(mine.cohort).name
        return rendering.enrol(
            form, self.words(), cohort, role=mine.role, joins=False, metadata=f"enrolment:{mine.enrolment}"
        )

    def _check(self, tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
        form = _Reading(self.words(), tx, actor, sent)
        too_soon = {"role": _TOO_SOON} if _is_too_soon(tx, actor, form, clock) else {}
        return {**form.read()[1], **too_soon}

    def _join(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent = _sent(acted)
        form = _Reading(self.words(), tx, actor, sent)
        profile = form.sound()
        if _is_too_soon(tx, actor, form, clock):
            raise UserError(_TOO_SOON, "Nothing was changed.")
        at, cohort = clock(), form.cohort
        before = next((one for one in _all_here(tx, actor, cohort) if one.role is form.role), None)
        person = tx.members.chat(actor.workspace, actor.user, form.name, at)
        if tx.cohorts.get(cohort).workspace is None:
            tx.cohorts.lives_in(cohort, actor.workspace)
        unsure = form.role is CohortRole.SENSEI and (
            before is None or sensei_confirmation.is_waiting(tx, before)
        )
        member = tx.members.join(cohort, person, form.role, at)
        tx.members.profile(member.enrolment, profile)
        tx.audit(person, "people.join", f"enrolment:{member.enrolment}", role=str(form.role))
        if unsure:
            _ask_leads(tx, member, sensei_confirmation.ask_leads(tx, member, at), at)
        _tell(tx, _JOINED, member, at)
        refresh_homes_with_leads(tx, cohort, [person], at)

    def _save_profile(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent = _sent(acted)
        form = _Reading(self.words(), tx, actor, sent)
        profile = form.sound()
        member, at = _of(actor, form.enrolment), clock()
        tx.members.chat(actor.workspace, actor.user, form.name, at)
        tx.members.profile(member.enrolment, profile)
        tx.audit(member.person, "people.profile", f"enrolment:{member.enrolment}")
        _tell(tx, _KEPT, member, at, what="profile")
        refresh_homes_with_leads(tx, member.cohort, [member.person], at)

    # -- pausing and leaving

    def _pause(self, tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
        members, at = _active(actor), clock()
        if not members:
            raise _already("paused")
        for member in members:
            tx.members.state(member.enrolment, EnrolmentState.PAUSED)
            tx.audit(member.person, "people.pause", f"enrolment:{member.enrolment}")
        self._parted(tx, members[0], _PAUSED, at)

    def _leave(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        members, at = _leaving(actor, _sent(acted)), clock()
        for member in members:
            tx.members.state(member.enrolment, EnrolmentState.LEFT)
            tx.audit(member.person, "people.leave", f"enrolment:{member.enrolment}")
            if stamp := sensei_confirmation.pending_request(tx, member.enrolment):
                sensei_confirmation.withdraw_question(tx, member, at)
                _show_leads(tx, member, stamp, at)
        self._parted(tx, members[0], _LEFT, at)

    def _parted(self, tx: Tx, member: Member, kind: str, at: datetime) -> None:
        self.parts(tx, member.person, member.cohort, at)
        _tell(tx, kind, member, at)
        refresh_homes_with_leads(tx, member.cohort, [member.person], at)

    # -- in confidence

    def _never(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        sent = _sent(acted)
        if actor.person is None:
            raise refusal(actor)
        for fault in _check_never(tx, actor, sent, clock).values():
            raise UserError(fault, "Nothing was changed. `/dojo never` opens the form again.")
        at = clock()
        for entry in sent.chosen("withdraw"):
            if tx.members.unnever(actor.person, int(entry)):
                tx.audit(actor.person, "never.withdraw", f"never:{entry}")
        if user := sent.text("other"):
            other = tx.members.by_chat(actor.workspace, user) or ""
            cohort = _cohort_of(actor, sent)
            made = tx.members.never(cohort, actor.person, other, sent.text("reason"), at)
            tx.audit(actor.person, "never.add", f"never:{made}")
            self.bars(tx, cohort, at)
        about = {"person": actor.person}
        send_message(tx, f"nevers:{actor.person}:{_stamp(at)}", _NEVERS, about, at)

    # -- holidays

    def _leaving_for(self, tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
        require_permission(tx, actor, Action.ABSENCE_EDIT, clock, Relation.OWN)
        asked = _Away.read(tx, actor, argument, clock)
        if asked is None:
            return rendering.holidays(_holidays(tx, actor, clock))
        return rendering.told("Noted. A direct message confirms it in a moment.")

    def _away(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        argument = parse(acted.text).argument if isinstance(acted, SlashCommand) else ""
        asked = _Away.read(tx, actor, argument, clock)
        if asked is None or actor.person is None or actor.cohort is None:
            return
        at = clock()
        if asked.off is not None:
            tx.members.unabsent(actor.cohort, asked.off)
            tx.audit(actor.person, "absence.remove", f"absence:{asked.off}")
            about: Json = {"person": actor.person, "cohort": actor.cohort, "absence": None}
        else:
            found = asked.deputy or self.deputises(tx, actor.cohort, actor.person, asked.first, asked.last)
            known = {(one[0], one[1], one[3]) for one in _absences(tx, actor, clock)}
            made = tx.members.absent(actor.cohort, actor.person, asked.first, asked.last, found)
            tx.audit(actor.person, "absence.add", f"absence:{made}")
            about = {"person": actor.person, "cohort": actor.cohort, "absence": made}
            if (asked.first, asked.last, found) not in known:  # else everybody has heard of it
                self.tells(tx, actor.cohort, made, at)
        send_message(tx, f"away:{actor.person}:{_stamp(at)}", _AWAY, about, at)
        refresh_homes_with_leads(tx, actor.cohort, [actor.person], at)


class _Reading:
    """Reads a form that was sent: the profile that it makes, and what is wrong with it by block."""

    def __init__(self, words: Vocabulary, tx: Tx, actor: Actor, sent: Submission) -> None:
        self._words, self._tx, self._actor, self._sent = words, tx, actor, sent
        self._faults: dict[str, str] = {}
        self.enrolment = _opened_for(sent, "enrolment")
        if self.enrolment:
            member = _of(actor, self.enrolment)
            self.cohort, self.role, self._now = member.cohort, member.role, member.profile
        else:
            given = _opened_for(sent, "cohort")
            here = {one.id for one in tx.cohorts.all() if one.workspace in {None, actor.workspace}}
            if given != actor.cohort and given not in here:
                raise UserError("This dojo is not there any more.", "`/dojo join` opens the form anew.")
            self.cohort, self.role = given, CohortRole.PARTICIPANT
            wanted = sent.text("role")
            if wanted in {CohortRole.PARTICIPANT, CohortRole.SENSEI}:
                self.role = CohortRole(wanted)
            mine = _all_here(tx, actor, given)
            self._now = next((one.profile for one in mine if one.role is self.role), None)
        self.name = ""

    def sound(self) -> Profile:
        """Return the profile.

        Raises:
            UserError: something is wrong with the form by now.
        """
        profile, faults = self.read()
        if profile is None:
            raise UserError(
                next(iter(faults.values())), "What you typed was not kept; `/dojo help` lists the forms."
            )
        return profile

    def read(self) -> tuple[Profile | None, Mapping[str, str]]:
        """Return the profile, None where something is wrong, and what is."""
        text = self._sent.text
        self.name = self._try("name", lambda: profiles.name(text("name"))) or ""
        zone = self._try("time_zone", lambda: profiles.zone(text("time_zone"), self._words.zones)) or ""
        days = self._try("days", lambda: profiles.days(", ".join(self._sent.chosen("days")))) or ()
        begins = self._try("begins", lambda: _clock(text("begins"))) or 0
        ends = self._try("ends", lambda: _clock(text("ends"))) or 0
        ends = profiles.MIDNIGHT if ends == profiles.MIDNIGHT - 1 else ends
        if not {"begins", "ends"} & set(self._faults) and begins >= ends:
            self._faults["ends"] = "It is later than the beginning. Past midnight? Give the longer part."
        goals = self._try("goals", lambda: profiles.prose(text("goals"), profiles.MOST_OF_GOALS)) or ""
        stacks = self._try("stacks", lambda: profiles.stacks(self._sent.chosen("stacks"), self._words.stacks))
        skills, prefers = self._skills(), self._prefers()
        capacity, brief = self._capacity(), self._brief()
        if self._faults:
            return None, self._faults
        hours = WorkingHours(zone, days, begins, ends)
        return Profile(hours, skills, stacks or (), goals, prefers, capacity, brief), {}

    def _try(self, block: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except UnreadableValueError as why:
            self._faults[block] = str(why)
            return None

    def _skills(self) -> dict[str, int]:
        lot, some = self._sent.chosen("a_lot"), self._sent.chosen("some")
        if both := set(lot) & set(some):
            names = ", ".join(sorted(self._words.skills.get(each, each) for each in both))
            self._faults["some"] = f"{names} stands in both lists: leave it in one."
        before = self._now.skills if self._now else {}
        rated = {each: before.get(each, SOME) for each in some}
        # Who was a lot before and is some now is no more than that.
        rated = {each: much if much < MOST_INTEREST else SOME for each, much in rated.items()}
        pairs = {**rated, **dict.fromkeys(lot, MOST_INTEREST)}
        return {each: much for each, much in pairs.items() if each in self._words.skills}

    def _prefers(self) -> tuple[str, ...]:
        users = self._sent.chosen("prefers")
        people = [self._tx.members.by_chat(self._actor.workspace, user) for user in users]
        there = {
            one.person for one in self._tx.members.of(self.cohort) if one.state is not EnrolmentState.LEFT
        }
        if self._actor.user in users:
            self._faults["prefers"] = "You are among them: choose others."
        elif len(users) > profiles.MOST_PREFERRED:
            self._faults["prefers"] = f"Choose {profiles.MOST_PREFERRED} at most."
        elif any(person not in there for person in people):
            self._faults["prefers"] = (
                "Not all of them are in this dojo. Choose people who have joined; you may add others later."
            )
        return tuple(person for person in people if person)

    def _capacity(self) -> int:
        if self.role is not CohortRole.SENSEI:
            return self._now.capacity if self._now else 0
        given = self._sent.text("capacity")
        return self._try("capacity", lambda: profiles.capacity(given)) or 0

    def _brief(self) -> str:
        given = self._sent.text("brief")
        if self.role is CohortRole.PARTICIPANT:
            return self._try("brief", lambda: profiles.prose(given, profiles.MOST_OF_A_BRIEF)) or ""
        if given:
            self._faults["brief"] = "Only a participant has a capstone: leave it empty, or join as one."
        return self._now.brief if self._now else ""


def _clock(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        raise UnreadableValueError("A time of day is needed.")
    return profiles.clock(hour, minute)


def _sent(acted: Acted) -> Submission:
    if not isinstance(acted, Submission):
        raise AssertionError("a form's handler gets a submission")  # noqa: TRY004 - a bug of ours
    return acted


def _opened_for(sent: Submission, kind: str) -> int:
    """Return the number of the cohort or enrolment that a form was opened for, 0 if it was for none.

    A form may be open for days: meanwhile its author may have come to act in another cohort.
    """
    named, _, number = sent.metadata.partition(":")
    return (parse_number(number) or 0) if named == kind else 0


def _cohort_of(actor: Actor, sent: Submission) -> int:
    """Return the cohort that a form was opened for.

    Raises:
        UserError: whoever sends it is not in that cohort, or not any more.
    """
    cohort = _opened_for(sent, "cohort")
    if not any(one.cohort == cohort for one in actor.members):
        raise UserError(
            "You are no longer in the dojo that this form was opened for.",
            "Nothing was changed. Close the form; `/dojo status` shows which dojo you are in.",
        )
    return cohort


def _all_here(tx: Tx, actor: Actor, cohort: int | None = None) -> list[Member]:
    """Return all that somebody is in a cohort, also what they have left."""
    where = cohort or actor.cohort
    return [one for one in tx.members.roles(actor.person) if one.cohort == where] if actor.person else []


def _of(actor: Actor, enrolment: int) -> Member:
    found = next((one for one in actor.members if one.enrolment == enrolment), None)
    if found is None:
        raise refusal(actor)
    return found


def _which(actor: Actor, argument: str) -> Member:
    """Return the role whose profile is meant, by default the first one that has any."""
    mine = [one for one in actor.here if one.role is not CohortRole.LEAD]
    word = argument.strip().lower()
    found = next((one for one in mine if word in {"", one.role.value}), None)
    if found is None and mine:
        raise UserError(
            f"You are no {profiles.shown(word)} here.",
            f"`/dojo profile` alone shows you as a {mine[0].role.value}.",
        )
    if found is None:
        raise UserError("A lead has no profile.", "`/dojo join` makes you a participant or a sensei as well.")
    return found


def _as_filled(tx: Tx, member: Member) -> FilledForm:
    if member.profile is None:
        return FilledForm(name=member.name)
    chats = {one.person: one.chat for one in tx.members.of(member.cohort) if one.chat}
    prefers = [chat for person in member.profile.prefers if (chat := chats.get(person))]
    return rendering.filled(member.name, member.profile, prefers)


def _active(actor: Actor) -> list[Member]:
    return [
        one for one in actor.here if one.role is not CohortRole.LEAD and one.state is EnrolmentState.ACTIVE
    ]


def _already(what: str) -> UserError:
    return UserError(f"You are {what} already.", "Nothing was changed; `/dojo status` shows where you stand.")


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _tell(tx: Tx, kind: str, member: Member, at: datetime, **more: str) -> None:
    about = {"enrolment": member.enrolment, **more}
    send_message(tx, f"{kind}:{member.enrolment}:{_stamp(at)}", kind, about, at)


# -- a lead's word on senseis who came by themselves

_TOO_SOON = (
    "You asked to be a sensei before, and left or were declined. You can ask again a day after that. "
    "You can join as a participant now."
)


def _is_too_soon(tx: Tx, actor: Actor, form: _Reading, clock: Clock) -> bool:
    """Say whether the leads would be asked again about somebody after less than a day."""
    if form.enrolment or form.role is not CohortRole.SENSEI:
        return False
    before = next((one for one in _all_here(tx, actor, form.cohort) if one.role is form.role), None)
    return before is not None and sensei_confirmation.is_resting(tx, before, clock())


def _leads(tx: Tx, cohort: int) -> list[str]:
    leads = tx.members.of(cohort, CohortRole.LEAD)
    return [one.person for one in leads if one.state is EnrolmentState.ACTIVE]


def _asked_about(member: int, lead: str, stamp: str) -> tuple[str, Json]:
    return f"asked:{member}:{lead}:{stamp}", {"enrolment": member, "lead": lead, "stamp": stamp}


def _ask_leads(tx: Tx, member: Member, stamp: str, at: datetime) -> None:
    """Ask each lead, who is asked once until one of them has answered."""
    for lead in _leads(tx, member.cohort):
        key, about = _asked_about(member.enrolment, lead, stamp)
        send_message(tx, key, _ASKED, about, at)


def _show_leads(tx: Tx, member: Member, stamp: str, at: datetime) -> None:
    """Let the leads see what became of what they were asked."""
    for lead in _leads(tx, member.cohort):
        key, about = _asked_about(member.enrolment, lead, stamp)
        rewrite_message(tx, key, _ASKED, about, at)


def _confirm(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    _rule(tx, actor, acted, clock, yes=True)


def _decline(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    _rule(tx, actor, acted, clock, yes=False)


def _rule(tx: Tx, actor: Actor, acted: Acted, clock: Clock, *, yes: bool) -> None:
    value = acted.value if isinstance(acted, Click) and isinstance(acted.value, str) else ""
    named, _, asked = value.partition(":")
    number = parse_number(named)
    if number is None:
        raise refusal(actor)
    member = next((one for one in _waiting(tx, actor) if one.enrolment == number), None)
    # By the time of asking as well: a button stays in Slack, whatever database is restored here.
    stale = member is not None and sensei_confirmation.pending_request(tx, member.enrolment) != asked
    if member is None or stale or DojoRole.LEAD not in actor.roles(member.cohort):
        raise UserError(
            "Nobody waits for that any more: another lead has answered, or they have left.",
            "Nothing was changed.",
        )
    at, stamp = clock(), sensei_confirmation.pending_request(tx, member.enrolment) or ""
    (sensei_confirmation.confirm_sensei if yes else sensei_confirmation.decline_sensei)(
        tx, member, actor.person or "", at
    )
    _show_leads(tx, member, stamp, at)
    _tell(tx, _ANSWERED, member, at)
    refresh_homes_with_leads(tx, member.cohort, [member.person], at)


def _waiting(tx: Tx, actor: Actor) -> list[Member]:
    cohorts = {one.cohort for one in actor.members if one.role is CohortRole.LEAD}
    senseis = [one for cohort in cohorts for one in tx.members.of(cohort, CohortRole.SENSEI)]
    return [
        one
        for one in senseis
        if one.state is EnrolmentState.PAUSED and sensei_confirmation.is_waiting(tx, one)
    ]


# -- the end of a pause


def _pausing(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    del argument
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    if not _active(actor):
        raise _already("paused")
    return rendering.told("You are being paused. A direct message confirms it in a moment.")


def _paused(tx: Tx, actor: Actor) -> list[Member]:
    paused = [one for one in actor.here if one.state is EnrolmentState.PAUSED]
    if not paused:
        raise UserError("You are not paused.", "Nothing was changed; `/dojo status` shows where you stand.")
    back = [one for one in paused if not sensei_confirmation.is_waiting(tx, one)]
    if not back:
        raise UserError(
            "A lead has yet to confirm that you are a sensei.", "You hear of it here; until then you wait."
        )
    return back


def _resuming(tx: Tx, actor: Actor, argument: str, clock: Clock) -> OutgoingMessage:
    del argument
    require_permission(tx, actor, Action.PAUSE, clock, Relation.OWN)
    _paused(tx, actor)
    return rendering.told("Your pause ends. A direct message confirms it in a moment.")


def _resume(tx: Tx, actor: Actor, _acted: Acted, clock: Clock) -> None:
    members, at = _paused(tx, actor), clock()
    for member in members:
        tx.members.state(member.enrolment, EnrolmentState.ACTIVE)
        tx.audit(member.person, "people.resume", f"enrolment:{member.enrolment}")
    _tell(tx, _RESUMED, members[0], at)
    refresh_homes_with_leads(tx, members[0].cohort, [members[0].person], at)


def _open_leave(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.LEAVE, clock, Relation.OWN)
    roles = {one.role for one in actor.here}
    if actor.cohort is None:
        raise refusal(actor)
    return rendering.leave(
        tx.cohorts.get(actor.cohort).name,
        sensei=CohortRole.SENSEI in roles,
        participant=CohortRole.PARTICIPANT in roles,
        metadata=f"cohort:{actor.cohort}",
    )


def _leaving(actor: Actor, sent: Submission) -> list[Member]:
    """Return what somebody is in the dojo that the form before them names: a lead they stay."""
    cohort = _cohort_of(actor, sent)
    found = [one for one in actor.members if one.cohort == cohort and one.role is not CohortRole.LEAD]
    if not found:
        raise _already("out of this dojo")
    return found


def _check_leave(_tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    _leaving(actor, sent)
    return {}


# -- a capstone's brief


def _participant(actor: Actor) -> Member:
    found = next((one for one in actor.here if one.role is CohortRole.PARTICIPANT), None)
    if found is None:
        raise UserError("Only a participant has a capstone.", "`/dojo join` makes you one.")
    return found


def _open_brief(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.BRIEF_EDIT, clock, Relation.OWN)
    mine = _participant(actor)
    if mine.profile is None:
        raise UserError(
            "You have not said anything of yourself yet.", "`/dojo profile` has room for your capstone too."
        )
    return rendering.brief(mine.profile.brief, f"enrolment:{mine.enrolment}")


def _check_brief(_tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    _of(actor, _opened_for(sent, "enrolment"))
    try:
        profiles.prose(sent.text("brief"), profiles.MOST_OF_A_BRIEF)
    except UnreadableValueError as why:
        return {"brief": str(why)}
    return {}


def _save_brief(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    sent, at = _sent(acted), clock()
    mine = _of(actor, _opened_for(sent, "enrolment"))
    if mine.profile is None or mine.role is not CohortRole.PARTICIPANT:
        raise refusal(actor)
    text = profiles.prose(sent.text("brief"), profiles.MOST_OF_A_BRIEF)
    tx.members.profile(mine.enrolment, replace(mine.profile, brief=text))
    tx.audit(mine.person, "brief.edit", f"enrolment:{mine.enrolment}")
    _tell(tx, _KEPT, mine, at, what="brief")
    refresh_homes_with_leads(tx, mine.cohort, [mine.person], at)


# -- in confidence


def _open_never(tx: Tx, actor: Actor, _argument: str, clock: Clock) -> View:
    require_permission(tx, actor, Action.NEVER_SEE, clock, Relation.OWN)
    if actor.person is None:
        raise refusal(actor)
    mine = [(each, _name(tx, each.other)) for each in tx.members.nevers_by(actor.person)]
    return rendering.never(mine, f"cohort:{actor.cohort}")


def _name(tx: Tx, person: str) -> str:
    return next((one.name for one in tx.members.roles(person) if one.name), "somebody")


def _check_never(tx: Tx, actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    other, faults = sent.text("other"), {}
    mine = {str(each.id) for each in tx.members.nevers_by(actor.person)} if actor.person else set()
    if not other and not sent.chosen("withdraw"):
        faults["other"] = "Choose somebody, or take something back."
    elif other == actor.user:
        faults["other"] = "This is you."
    elif other and not _is_in(tx, _cohort_of(actor, sent), actor.workspace, other):
        faults["other"] = "They are not in this dojo yet. Say it once they have joined."
    if not set(sent.chosen("withdraw")) <= mine:
        faults["withdraw"] = "This is not there any more: close the form, and open it again."
    if len(sent.text("reason")) > profiles.MOST_OF_A_REASON:
        faults["reason"] = (
            f"{profiles.MOST_OF_A_REASON} characters are kept; this has {len(sent.text('reason'))}."
        )
    return faults


def _is_in(tx: Tx, cohort: int, workspace: str, user: str) -> bool:
    person = tx.members.by_chat(workspace, user)
    return person is not None and any(one.cohort == cohort for one in tx.members.roles(person))


# -- holidays


@dataclass(frozen=True, slots=True)
class _Away:
    """A holiday that was asked for; ``off`` is the id of one that is taken back."""

    first: date
    last: date
    deputy: str | None = None
    off: int | None = None

    @classmethod
    def read(cls, tx: Tx, actor: Actor, argument: str, clock: Clock) -> "_Away | None":
        """Read what stands behind ``/dojo away``; None where nothing does.

        Raises:
            UserError: it is no holiday.
        """
        words = argument.split(None, 2)
        if not words:
            return None
        if words[0].lower() == "off":
            first = _day(words[1]) if len(words) > 1 else None
            found = next((one for one in _absences(tx, actor, clock) if one[0] == first), None)
            if found is None or first is None:
                raise UserError("You have no holiday that begins then.", "`/dojo away` lists those you have.")
            return cls(first, found[1], off=found[2])
        first = _day(words[0])
        last = _day(words[1]) if len(words) > 1 else first
        if last < first:
            raise UserError("It ends before it begins.", "Nothing was changed: `/dojo away FIRST LAST`.")
        if last < app_home.today_of(actor, clock):
            raise UserError("These days are over.", "Nothing was changed.")
        if (last - first).days > _LONGEST_DAYS:
            raise UserError(
                f"That is longer than {_LONGEST_DAYS} days.",
                "Nothing was changed. For so long, `/dojo pause` lets your participants find somebody else.",
            )
        coming = {begins for begins, *_ in _absences(tx, actor, clock)}
        if first not in coming and len(coming) >= _MOST_HOLIDAYS:
            raise UserError(
                f"You already have {_MOST_HOLIDAYS} future holidays, which is the most you can enter.",
                "Nothing was changed. `/dojo away off FIRST` removes one.",
            )
        return cls(first, last, _deputy(tx, actor, words[2]) if len(words) > 2 else None)


_LONGEST_DAYS = 60
_MOST_HOLIDAYS = 10
"""To come, of one sensei: the leads are written to about each, and so is who stands in."""


def _day(word: str) -> date:
    try:
        found = date.fromisoformat(word.strip(",."))
    except ValueError:
        raise UserError(
            f"{profiles.shown(word)} is no day.",
            "Nothing was changed. A day is written 2026-12-24: `/dojo away 2026-12-24 2027-01-02`.",
        ) from None
    if found.year not in profiles.YEARS:
        raise UserError(f"{profiles.shown(word)} is too far in the past or future.", "Nothing was changed.")
    return found


def _deputy(tx: Tx, actor: Actor, word: str) -> str:
    """Return the sensei whom somebody names by a mention, or by their name."""
    senseis = [
        one
        for one in tx.members.of(actor.cohort or 0, CohortRole.SENSEI)
        if one.state is EnrolmentState.ACTIVE and one.person != actor.person
    ]
    mention = _MENTION.fullmatch(word.strip())
    name = word.strip().removeprefix("@").casefold()
    found = [one for one in senseis if (one.chat == mention[1] if mention else one.name.casefold() == name)]
    if len(found) != 1:
        raise UserError(
            "Nobody who can stand in is called so: another sensei of this dojo, who is there.",
            "Nothing was changed. Name them with @, or name nobody: then somebody is looked for.",
        )
    return found[0].person


def _absences(tx: Tx, actor: Actor, clock: Clock) -> list[tuple[date, date, int, str | None]]:
    found = tx.members.absences(actor.cohort or 0, app_home.today_of(actor, clock))
    return [(one.first, one.last, one.id, one.deputy) for one in found if one.sensei == actor.person]


def _holidays(tx: Tx, actor: Actor, clock: Clock) -> Sequence[tuple[date, date, str | None]]:
    return [
        (first, last, _name(tx, deputy) if deputy else None)
        for first, last, _, deputy in _absences(tx, actor, clock)
    ]


# -- words of messages, from rows as they are when they are sent


def _member(tx: Tx, about: Json) -> tuple[Member, str]:
    member = tx.members.get(about["enrolment"])
    return member, tx.cohorts.get(member.cohort).name


def _welcome_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    if member.state is EnrolmentState.LEFT:
        return None
    return AddressedMessage((member.person,), rendering.welcome(cohort, member.role))


def _joined_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    waits = sensei_confirmation.is_waiting(tx, member)
    return AddressedMessage((member.person,), rendering.joined(cohort, member.role, waits=waits))


def _asked_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    if about["lead"] not in _leads(tx, member.cohort):
        return None
    waits = sensei_confirmation.pending_request(tx, member.enrolment) == about["stamp"]
    active = member.state is EnrolmentState.ACTIVE
    outcome = None if waits else "Confirmed." if active else "They are not one now."
    value = f"{member.enrolment}:{about['stamp']}"
    return AddressedMessage(
        (about["lead"],), rendering.asked(member.name, member.chat, cohort, value, outcome)
    )


def _answered_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    return AddressedMessage(
        (member.person,), rendering.answered(cohort, yes=not sensei_confirmation.is_waiting(tx, member))
    )


def _paused_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    return AddressedMessage((member.person,), rendering.paused(cohort, member.role))


def _resumed_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    return AddressedMessage((member.person,), rendering.resumed(cohort))


def _left_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, cohort = _member(tx, about)
    return AddressedMessage((member.person,), rendering.left(cohort))


def _kept_words(tx: Tx, about: Json) -> AddressedMessage | None:
    member, _ = _member(tx, about)
    what = "Your capstone's brief is kept." if about["what"] == "brief" else "Your profile is kept."
    return AddressedMessage((member.person,), rendering.kept(what))


def _nevers_words(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    return AddressedMessage((person,), rendering.nevers(len(tx.members.nevers_by(person))))


def _away_words(tx: Tx, about: Json) -> AddressedMessage | None:
    person: str = about["person"]
    if about["absence"] is None:
        return AddressedMessage((person,), rendering.told("Your holiday is taken back."))
    found = next(
        (one for one in tx.members.absences(about["cohort"], date.min) if one.id == about["absence"]), None
    )
    if found is None:
        return None
    deputy = _name(tx, found.deputy) if found.deputy else None
    return AddressedMessage((person,), rendering.away(found.first, found.last, deputy))
