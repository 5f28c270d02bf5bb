"""The forms for editing a profile and describing a capstone, and fields that the join form has too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.domain.dojo import profiles
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, MOST_INTEREST, CohortRole, Profile, Weekday
from bot.domain.dojo.profiles import Vocabulary
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import small
from bot.rendering.chat.slack_form_fields import (
    input_block,
    modal,
    multi_select,
    multi_users_select,
    single_select,
    text_field,
    time_picker,
)

DAYS = dict(
    zip(Weekday, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
SKILLS = {
    CohortRole.PARTICIPANT: ("Skills you'd most like help with", "Other skills you'd like help with"),
    CohortRole.SENSEI: ("Skills you can help most with", "Other skills you can help with"),
}
"""The labels of a form's two lists of skills: the most important ones, and the others."""
_MOST_OF_A_TIME_ZONE = 60  # characters


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form's initial values. ``prefers`` are Slack user ids; hours are minutes after midnight."""

    name: str = ""
    time_zone: str = ""
    days: Collection[Weekday] = MONDAY_TO_FRIDAY
    begins: int = 9 * 60
    ends: int = 17 * 60
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    stacks: Collection[str] = ()
    goals: str = ""
    prefers: Sequence[str] = ()
    capacity: int = profiles.DEFAULT_CAPACITY
    brief: str = ""


def fill_form(name: str, profile: Profile, prefers: Sequence[str]) -> FilledForm:
    """Return the initial values for a form from a member's profile; ``prefers`` are Slack user ids."""
    hours = profile.hours
    return FilledForm(
        name,
        hours.time_zone,
        hours.days,
        hours.begins,
        hours.ends,
        profile.skills,
        profile.stacks,
        profile.goals,
        prefers,
        profile.capacity,
        profile.brief,
    )


def profile_form(form: FilledForm, vocabulary: Vocabulary, *, role: CohortRole, metadata: str) -> View:
    """Return the form for editing a member's profile in one role."""
    blocks = _profile_fields(form, vocabulary, role)
    if role is CohortRole.SENSEI:
        blocks.append(capacity_field(form.capacity))
    if role is CohortRole.PARTICIPANT:
        blocks.append(brief_field(form.brief))
    return modal("Your profile", "Save", [*blocks, _never_hint()], metadata)


def brief_form(text: str, metadata: str) -> View:
    """Return the form for a capstone's brief."""
    return modal("Your capstone", "Save", [brief_field(text)], metadata)


def _profile_fields(form: FilledForm, vocabulary: Vocabulary, role: CohortRole) -> list[Block]:
    """Return the fields that both roles have."""
    return [
        input_block(
            "name", "Your name, as others see it", text_field("name", form.name, profiles.MOST_OF_A_NAME)
        ),
        *_skill_fields(form.skills, vocabulary, role),
        input_block(
            "stacks",
            "Stacks you work with",
            multi_select("stacks", vocabulary.stacks, form.stacks),
            optional=True,
        ),
        input_block(
            "goals",
            "Goals",
            text_field("goals", form.goals, profiles.MOST_OF_GOALS, multiline=True),
            optional=True,
            hint="What you want from these weeks. Leads and anyone you're paired with can read this.",
        ),
        *_hours_fields(form),
        input_block(
            "prefers",
            "Who would you like to work with?",
            multi_users_select("prefers", form.prefers, profiles.MOST_PREFERRED),
            optional=True,
            hint=f"Choose up to {profiles.MOST_PREFERRED} people in this cohort. I'll consider your wishes, "
            "but I can't promise that you'll be paired with anyone you choose.",
        ),
    ]


def _hours_fields(form: FilledForm) -> list[Block]:
    return [
        input_block("days", "Working days", multi_select("days", DAYS, form.days)),
        input_block("begins", "Working hours, from", time_picker("begins", form.begins)),
        input_block("ends", "Working hours, to", time_picker("ends", form.ends)),
        time_zone_field(form.time_zone),
    ]


def time_zone_field(time_zone: str) -> Block:
    """Return the field for a time zone."""
    return input_block(
        "time_zone",
        "Time zone",
        text_field("time_zone", time_zone, _MOST_OF_A_TIME_ZONE, placeholder="Europe/Madrid"),
        hint="Continent and city, as in Europe/Madrid or America/New_York.",
    )


def _skill_fields(skills: Mapping[str, int], vocabulary: Vocabulary, role: CohortRole) -> list[Block]:
    most, others = SKILLS[role]
    a_lot = [skill for skill, rating in skills.items() if rating == MOST_INTEREST]
    some = [skill for skill, rating in skills.items() if rating < MOST_INTEREST]
    return [
        input_block("a_lot", most, multi_select("a_lot", vocabulary.skills, a_lot), optional=True),
        input_block("some", others, multi_select("some", vocabulary.skills, some), optional=True),
    ]


def capacity_field(capacity: int) -> Block:
    """Return the field for how many participants a sensei accepts."""
    numbers = {str(number): str(number) for number in range(1, profiles.MOST_CAPACITY + 1)}
    select = single_select("capacity", numbers, str(max(1, capacity)))
    return input_block("capacity", "How many participants you can take", select)


def brief_field(text: str) -> Block:
    """Return the field for what a capstone is about."""
    return input_block(
        "brief",
        "Capstone, in a few sentences",
        text_field("brief", text, profiles.MOST_OF_A_BRIEF, multiline=True),
        optional=True,
        hint="What it does, for whom, and what could go wrong. Your sensei and the leads can read this.",
    )


def _never_hint() -> Block:
    return small(
        "Is there anyone you must not be paired with? You can tell me in confidence with `/dojo never`."
    )
