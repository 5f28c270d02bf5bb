"""The forms of the dojo are ones that Slack takes, whatever is filled in."""

import pytest

from bot.domain.dojo.own_pairs import OwnPairs
from bot.domain.dojo.people import CohortRole
from bot.rendering.chat.slack_validation import checked_view
from bot.rendering.dojo.slack_join_form import join_form, role_choice
from bot.rendering.dojo.slack_pausing_and_leaving import leave_form, pause_form
from bot.rendering.dojo.slack_profile_form import FilledForm, brief_form, profile_form
from tests.workflows.peopled import WORDS


@pytest.mark.parametrize(
    "name", ["x" * 80, "👩‍👩‍👧‍👦" * 11, "שלום עולם", "<!channel> & <@U123>", "\u202eevil\x00"]
)
def test_every_form_is_one_that_slack_takes(name: str) -> None:
    full = FilledForm(
        name,
        "Europe/Madrid",
        (),
        0,
        1440,
        dict.fromkeys(WORDS.skills, 1),
        WORDS.stacks,
        "é👩" * 500,
        ["U1"],
        20,
        name,
    )
    for role in (CohortRole.PARTICIPANT, CohortRole.SENSEI):
        for form in (full, FilledForm()):
            view = join_form(form, WORDS, name, role=role, metadata="cohort:1")
            checked_view({**view, "callback_id": "people.join"})
            view = profile_form(form, WORDS, role=role, metadata="enrolment:1")
            checked_view({**view, "callback_id": "people.profile"})
    checked_view(role_choice(name))
    for own in (OwnPairs(), OwnPairs(name, (name,) * 60, (name,) * 60, (name,) * 60)):
        for leaving_form in (pause_form, leave_form):
            checked_view(leaving_form(name, own, [*CohortRole], "cohort:1"))
    checked_view(brief_form("👩" * 1500, "enrolment:1"))
