"""Reading the form for joining a cohort or editing a profile.

The form's metadata says which of the two it is for. The form for joining has fewer fields. What a form
doesn't ask for stays as it was.
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.chat.events import Submission
from bot.domain.dojo import profiles
from bot.domain.dojo.people import (
    MONDAY_TO_FRIDAY,
    MOST_INTEREST,
    CohortRole,
    EnrolmentState,
    Member,
    Profile,
    Weekday,
    WorkingHours,
)
from bot.domain.dojo.profiles import UnreadableValueError, Vocabulary
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.dojo import slack_profile_form
from bot.rendering.dojo.slack_profile_form import FilledForm
from bot.workflows.chat.actors import Actor
from bot.workflows.dojo.form_submissions import (
    find_own_enrolment,
    joining_role,
    opened_for_cohort,
    opened_for_enrolment,
)
from bot.workflows.dojo.member_messages import find_enrolments

SOME = 2
"""Rating for a skill marked "some", unless it already has a lower rating. "A lot" is ``MOST_INTEREST``."""


def fill_form(tx: Tx, member: Member) -> FilledForm:
    """Return the form's initial values from a member's earlier answers."""
    if member.profile is None:
        return FilledForm(name=member.name)
    preferred = member.profile.prefers
    others = tx.members.of(member.cohort, people=preferred) if preferred else ()
    users = {other.person: other.chat for other in others if other.chat}
    prefers = [user for person in preferred if (user := users.get(person))]
    return slack_profile_form.fill_form(member.name, member.profile, prefers)


class ProfileFormReader:
    """Reads the profile in a submitted form, and its faults by block.

    ``enrolment`` is 0 if the person is joining. ``name`` is empty until the form has been read.

    Raises:
        UserError: the enrolment isn't the actor's, or they can't join this cohort here.
    """

    def __init__(self, vocabulary: Vocabulary, tx: Tx, actor: Actor, submission: Submission) -> None:
        self._vocabulary, self._tx, self._actor, self._submission = vocabulary, tx, actor, submission
        self._faults: dict[str, str] = {}
        self.name = ""
        self.enrolment = opened_for_enrolment(submission)
        if self.enrolment:
            member = find_own_enrolment(actor, self.enrolment)
            self.cohort, self.role, self._current = member.cohort, member.role, member.profile
            return
        self.cohort = opened_for_cohort(submission)
        self._require_cohort_here()
        self.role = CohortRole.PARTICIPANT
        role = joining_role(submission)
        if role in {CohortRole.PARTICIPANT, CohortRole.SENSEI}:
            self.role = CohortRole(role)
        known = self.find_enrolment()
        self._current = known.profile if known else None

    def _require_cohort_here(self) -> None:
        here = {
            cohort.id
            for cohort in self._tx.cohorts.all()
            if cohort.workspace in {None, self._actor.workspace}
        }
        if self.cohort != self._actor.cohort and self.cohort not in here:
            raise UserError(
                "This form belongs to a dojo that is no longer in this workspace.",
                "Nothing was changed. Use `/dojo join` to open a new form.",
            )

    def find_enrolment(self) -> Member | None:
        """Return the actor's enrolment in the form's cohort and role, even if they have left."""
        enrolments = find_enrolments(self._tx, self._actor.person, self.cohort)
        return next((member for member in enrolments if member.role is self.role), None)

    def require_profile(self) -> Profile:
        """Return the profile.

        Raises:
            UserError: the form has a fault.
        """
        profile, faults = self.read()
        if profile is None:
            raise UserError(
                next(iter(faults.values())),
                "Your answers were not saved. `/dojo help` lists the commands that open the form again.",
            )
        return profile

    def read(self) -> tuple[Profile | None, Mapping[str, str]]:
        """Return the profile and no faults, or None and the faults by block."""
        self.name = self._read_field("name", profiles.read_name) or ""
        hours = self._read_hours()
        goals = self._read_goals()
        stacks = self._read_stacks()
        skills, prefers = self._read_skills(), self._read_prefers()
        capacity, brief = self._read_capacity(), self._read_brief()
        if self._faults:
            return None, self._faults
        return Profile(hours, skills, stacks, goals, prefers, capacity, brief), {}

    def _read_field(self, block: str, read: Callable[[str], Any]) -> Any:
        return self._try(block, lambda: read(self._submission.text(block)))

    def _try(self, block: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except UnreadableValueError as fault:
            self._faults[block] = str(fault)
            return None

    def _lacks(self, block: str) -> bool:
        """Return whether the form has no such field. Slack also sends fields that were left empty."""
        return block not in self._submission.values

    def _read_goals(self) -> str:
        if self._lacks("goals"):
            return self._current.goals if self._current else ""
        return self._read_field("goals", _read_goals) or ""

    def _read_days(self) -> tuple[Weekday, ...]:
        if self._lacks("days"):
            return self._current.hours.days if self._current else MONDAY_TO_FRIDAY
        return self._try("days", lambda: profiles.read_days(", ".join(self._submission.chosen("days")))) or ()

    def _read_hours(self) -> WorkingHours:
        zones = self._vocabulary.zones
        zone = self._read_field("time_zone", lambda text: profiles.read_time_zone(text, zones)) or ""
        days = self._read_days()
        begins = self._read_field("begins", _read_time) or 0
        ends = self._read_field("ends", _read_time) or 0
        ends = profiles.MIDNIGHT if ends == profiles.MIDNIGHT - 1 else ends
        if not {"begins", "ends"} & set(self._faults) and begins >= ends:
            self._faults["ends"] = profiles.ENDS_TOO_EARLY
        return WorkingHours(zone, days, begins, ends)

    def _read_stacks(self) -> tuple[str, ...]:
        chosen, known = self._submission.chosen("stacks"), self._vocabulary.stacks
        return self._try("stacks", lambda: profiles.read_stacks(chosen, known)) or ()

    def _read_skills(self) -> dict[str, int]:
        a_lot, some = self._submission.chosen("a_lot"), self._submission.chosen("some")
        titles = self._vocabulary.skills
        if both := set(a_lot) & set(some):
            names = ", ".join(sorted(titles.get(skill, skill) for skill in both))
            self._faults["some"] = f"These skills are in both lists: {names}. Choose one list for each."
        before = self._current.skills if self._current else {}
        if self._lacks("some"):
            some = tuple(skill for skill, rating in before.items() if rating < MOST_INTEREST)
        ratings = {skill: before.get(skill, SOME) for skill in some}
        # If a skill changes from "a lot" to "some", its old rating no longer applies.
        ratings = {skill: rating if rating < MOST_INTEREST else SOME for skill, rating in ratings.items()}
        ratings |= dict.fromkeys(a_lot, MOST_INTEREST)
        return {skill: rating for skill, rating in ratings.items() if skill in titles}

    def _read_prefers(self) -> tuple[str, ...]:
        if self._lacks("prefers"):
            return self._current.prefers if self._current else ()
        users = self._submission.chosen("prefers")
        people = [self._tx.members.by_chat(self._actor.workspace, user) for user in users]
        known = [person for person in people if person]
        members = self._tx.members.of(self.cohort, people=known) if known else ()
        present = {member.person for member in members if member.state is not EnrolmentState.LEFT}
        if self._actor.user in users:
            self._faults["prefers"] = "You can't choose yourself."
        elif len(users) > profiles.MOST_PREFERRED:
            self._faults["prefers"] = f"Choose at most {profiles.MOST_PREFERRED} people."
        elif any(person not in present for person in people):
            self._faults["prefers"] = (
                "Some of these people are not in this dojo. Choose people who have joined; you can add "
                "others later."
            )
        return tuple(person for person in people if person)

    def _read_capacity(self) -> int:
        if self.role is not CohortRole.SENSEI:
            return self._current.capacity if self._current else 0
        return self._read_field("capacity", profiles.read_capacity) or 0

    def _read_brief(self) -> str:
        if self.role is CohortRole.PARTICIPANT:
            return self._read_field("brief", read_brief) or ""
        if self._submission.text("brief"):
            self._faults["brief"] = (
                "Only participants have a capstone. Leave this empty, or join as a participant."
            )
        return self._current.brief if self._current else ""


def read_brief(text: str) -> str:
    """Read a capstone's description; raise ``UnreadableValueError`` if it is too long."""
    return profiles.read_prose(text, profiles.MOST_OF_A_BRIEF)


def _read_goals(text: str) -> str:
    return profiles.read_prose(text, profiles.MOST_OF_GOALS)


def _read_time(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        raise UnreadableValueError("Enter a time of day.")
    return profiles.read_clock(hour, minute)
