"""Messages and forms about hand-overs: all words are shown, literally, and Slack takes them."""

import json

import pytest

from bot.domain.enquiries.records import Feedback
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.enquiries import slack_forms, slack_handovers
from bot.rendering.enquiries.slack_forms import ShownReader
from bot.rendering.enquiries.slack_handovers import ShownHandover
from tests.fakes.slack import look

NAME = "<!channel> *Ada* & `Sons` " + "é" * 90
LONG = "<@U1> & word\n" * 230
READERS = [ShownReader(f"p{number}", NAME, is_lead=number > 0) for number in range(12)]


def read(said: OutgoingMessage) -> str:
    return look.text({"text": said.text, "blocks": list(said.blocks)})


@pytest.mark.parametrize(
    "said",
    [
        slack_handovers.handover_card(ShownHandover(1, NAME, LONG, NAME, NAME)),
        slack_handovers.handover_card(ShownHandover(1, NAME, LONG, reply=[LONG] * 3)),
        slack_handovers.moved_card(NAME, NAME),
        slack_handovers.moved_card(NAME, None),
        slack_handovers.settled_card(NAME, NAME),
        slack_handovers.withdrawn_card(NAME),
        slack_handovers.waiting_note(1, NAME),
        slack_handovers.unread_note(1, is_chosen=True),
        slack_handovers.nobody_message("", is_chosen=False),
        slack_handovers.answer_message(1, NAME, [LONG, "x" * 3000], None),
        slack_handovers.answer_message(1, NAME, [LONG], Feedback.NOT_HELPFUL),
        slack_handovers.retracted_message(NAME),
        slack_handovers.offer_message(1, NAME),
        slack_handovers.unkept_message("many"),
    ],
)
def test_slack_takes_each_message_and_nobody_is_pinged(said: OutgoingMessage) -> None:
    checked_message(said)
    assert look.notified({"text": said.text, "blocks": list(said.blocks)}) == set()


def test_a_long_answer_is_shown_to_its_end_with_its_buttons() -> None:
    said = slack_handovers.answer_message(1, "Sen", ["a " * 1400 + "END", "b" * 3000 + "."], None)
    text = read(said)
    assert "END" in text
    assert text.count("b") >= 3000
    assert "This helped" in text


def test_slack_takes_each_form() -> None:
    for view in (
        slack_forms.handover_form(READERS, LONG[:3000], "1:p0", is_sensitive=True),
        slack_forms.handover_form(READERS[:1], "", "1:p0", is_sensitive=False),
        slack_forms.answer_form(1, NAME, LONG),
        slack_forms.not_helpful_form("1", LONG),
        slack_forms.not_helpful_form("1", ""),
    ):
        checked_view(view)


def test_an_unticked_box_shows_nothing_to_the_leads() -> None:
    assert "initial_options" not in json.dumps(slack_forms.not_helpful_form("1", "Who decides?"))
