"""A member's profile, to read but not to change, for their sensei and the leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.dojo import profiles
from bot.domain.dojo.people import MOST_INTEREST, CohortRole, Profile, WorkingHours
from bot.domain.dojo.profiles import Vocabulary
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, button, count, names, section
from bot.rendering.chat.slack_text import mention, mrkdwn, plain_object
from bot.rendering.dojo.slack_profile_form import DAYS

SHOW = "profile.show"
_MOST_OF_A_TEXT = 2800  # of the 3,000 characters that a section may have
_NOTHING = "Nothing entered."
_OFFERED = ("Skills they can help most with", "Other skills they can help with")
_WANTED = ("Skills they'd most like help with", "Other skills they'd like help with")
"""The titles of a sensei's and a participant's two lists of skills."""


@dataclass(frozen=True, slots=True)
class ShownProfile:
    """A member in one role. ``profile`` is None if they have not filled it in.

    ``shows_brief`` says whether the reader may see what the capstone is about.
    """

    name: str
    chat: str | None
    role: CohortRole
    cohort: str
    profile: Profile | None
    shows_brief: bool = False


def profile_button(enrolment: int, label: str = "Profile") -> dict[str, Any]:
    """Return the button that opens the profile of one enrolment."""
    return button(label, f"{SHOW}:{enrolment}", str(enrolment))


def profile_view(shown: Sequence[ShownProfile], vocabulary: Vocabulary) -> View:
    """Return the modal with a person's profiles, one for each of their roles.

    It shows neither whom they would like to work with nor anything that they said in confidence.
    """
    blocks = [block for profile in shown for block in _profile_blocks(profile, vocabulary)]
    return {
        "type": "modal",
        "title": plain_object("Profile"),
        "close": plain_object("Close"),
        "blocks": blocks,
    }


def _profile_blocks(shown: ShownProfile, vocabulary: Vocabulary) -> Iterable[Block]:
    account = f" ({mention(shown.chat)})" if shown.chat else ""
    cohort = mrkdwn(shown.cohort, MOST_OF_A_NAME)
    yield section(f"*{mrkdwn(shown.name, MOST_OF_A_NAME)}*{account} – {shown.role.value} in {cohort}")
    profile = shown.profile
    if profile is None:
        yield section("They haven't filled in their profile yet.")
        return
    most, others = _OFFERED if shown.role is CohortRole.SENSEI else _WANTED
    a_lot = [skill for skill, rating in profile.skills.items() if rating >= MOST_INTEREST]
    some = [skill for skill, rating in profile.skills.items() if rating < MOST_INTEREST]
    yield section(f"*{most}*\n{_name_titles(a_lot, vocabulary.skills)}")
    yield section(f"*{others}*\n{_name_titles(some, vocabulary.skills)}")
    yield section(f"*Stacks*\n{_name_titles(profile.stacks, vocabulary.stacks)}")
    yield section(f"*Goals*\n{_quote_text(profile.goals)}")
    yield section(f"*Working hours*\n{_describe_hours(profile.hours)}")
    if shown.role is CohortRole.SENSEI:
        yield section(f"*Capacity*\nUp to {count(profile.capacity, 'participant')}")
    if shown.shows_brief:
        yield section(f"*What the capstone is about*\n{_quote_text(profile.brief)}")


def _name_titles(ids: Iterable[str], titles: Mapping[str, str]) -> str:
    """Return the titles of skills or stacks. One that has left the vocabulary appears under its id."""
    return names(sorted(titles.get(id_, id_) for id_ in ids)) or _NOTHING


def _quote_text(text: str) -> str:
    return mrkdwn(text, _MOST_OF_A_TEXT, lines=True) if text.strip() else _NOTHING


def _describe_hours(hours: WorkingHours) -> str:
    days = ", ".join(DAYS[day] for day in hours.days)
    clock = profiles.format_clock
    zone = mrkdwn(hours.time_zone, MOST_OF_A_NAME)
    return f"{days}, {clock(hours.begins)} to {clock(hours.ends)} ({zone})"
