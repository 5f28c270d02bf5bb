"""The modals for joining a cohort: first the role, then the few fields that pairing needs for that role.

Everything else is in ``/dojo profile``. Fields that a form doesn't have keep their earlier values.
"""

from bot.domain.dojo import profiles
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, MOST_INTEREST, CohortRole
from bot.domain.dojo.profiles import Vocabulary
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, section, small
from bot.rendering.chat.slack_form_fields import (
    input_block,
    modal,
    multi_select,
    text_field,
    time_picker,
)
from bot.rendering.chat.slack_text import mrkdwn, plain_object
from bot.rendering.dojo.home_actions import join_buttons
from bot.rendering.dojo.slack_profile_form import (
    SKILLS,
    FilledForm,
    brief_field,
    capacity_field,
    time_zone_field,
)

_INTRODUCTIONS = {
    CohortRole.PARTICIPANT: "You're joining *{cohort}* as a participant: you'll build a capstone.",
    CohortRole.SENSEI: (
        "You're asking to be a sensei in *{cohort}*: you'd guide participants. A lead will decide."
    ),
}
_SUBMIT = {CohortRole.PARTICIPANT: "Join", CohortRole.SENSEI: "Ask"}


def role_choice(cohort: str) -> View:
    """Ask which role a person joins in. Each button opens the form for its role."""
    text = (
        f"How would you like to join *{mrkdwn(cohort, MOST_OF_A_NAME)}*?\n"
        "• *Participants* build a capstone, and a sensei helps them.\n"
        "• *Senseis* guide a few participants. A lead confirms each sensei."
    )
    return {
        "type": "modal",
        "title": plain_object("Join the dojo"),
        "close": plain_object("Cancel"),
        "blocks": [section(text), actions(*join_buttons())],
    }


def join_form(
    form: FilledForm, vocabulary: Vocabulary, cohort: str, *, role: CohortRole, metadata: str
) -> View:
    """Return the form for joining in a role. It has at most seven fields."""
    text = _INTRODUCTIONS[role].format(cohort=mrkdwn(cohort, MOST_OF_A_NAME))
    a_lot = [skill for skill, rating in form.skills.items() if rating == MOST_INTEREST]
    own = capacity_field(form.capacity) if role is CohortRole.SENSEI else brief_field(form.brief)
    blocks = [
        section(text),
        input_block(
            "name", "Your name, as others see it", text_field("name", form.name, profiles.MOST_OF_A_NAME)
        ),
        input_block("a_lot", SKILLS[role][0], multi_select("a_lot", vocabulary.skills, a_lot), optional=True),
        input_block(
            "stacks",
            "Stacks you work with",
            multi_select("stacks", vocabulary.stacks, form.stacks),
            optional=True,
        ),
        own,
        *_hours_fields(form),
        small(
            "You can add the rest later with `/dojo profile`: more skills, your goals, your working days and "
            "who you'd like to work with. If there's someone you must not be paired with, tell me in "
            "confidence with `/dojo never`."
        ),
    ]
    return modal("Join the dojo", _SUBMIT[role], blocks, metadata)


def _hours_fields(form: FilledForm) -> list[Block]:
    hint = "Monday to Friday." if set(form.days) == set(MONDAY_TO_FRIDAY) else ""
    return [
        input_block("begins", "Working hours, from", time_picker("begins", form.begins), hint=hint),
        input_block("ends", "Working hours, to", time_picker("ends", form.ends)),
        time_zone_field(form.time_zone),
    ]
