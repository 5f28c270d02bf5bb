"""What asking adds to Slack: messages that are questions, and the notice that one was too many."""

from bot.domain.enquiries.limits import Limit
from bot.ports.chat import PostedMessage
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.enquiries.slack_answers import limited_message
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Feature
from bot.workflows.enquiries.direct_messages import EnquiryReplies
from bot.workflows.enquiries.hearing import LIMITED


def enquiry_feature(now: Clock, *, is_on: bool = True) -> Feature:
    """Return the feature. ``now`` says which cohorts run, ``is_on`` whether Sensei answers questions."""
    return Feature(words={LIMITED: _write_limited}, replies=(EnquiryReplies(now, is_on),))


def _write_limited(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell somebody why a message was not kept."""
    person = tx.members.get(about["enrolment"]).person
    thread = PostedMessage(about["channel"], about["thread"]) if "thread" in about else None
    return AddressedMessage(
        (person,), limited_message(Limit(about["why"]), is_edit=about["edit"]), thread=thread
    )
