"""Lists of decision records in Slack: one's own, those of a participant, and the section of the App Home."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.decisions.records import MOST_OF_A_TITLE, DecisionState
from bot.domain.decisions.shown import DecisionDigest, ShownDecision
from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, count, divider, named, page_buttons, section, small
from bot.rendering.chat.slack_text import mrkdwn, page_of, plain_object
from bot.rendering.decisions.slack_buttons import (
    LIST,
    PAGE,
    change_buttons,
    confirm_button,
    describe_capstone,
    describe_state,
    edit_button,
    list_button,
    see_button,
)

PER_PAGE = 10
HOW_TO_RECORD = (
    "When you answer one of my questions, I can turn your words into a decision for you to confirm. You can "
    "also record one of your own messages: open the message's menu and choose *Record as a decision*."
)


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A sensei's participant, their enrolment, and how many of their decisions the sensei can read."""

    person: ShownPerson
    enrolment: int
    decisions: int


def own_list(decisions: Sequence[ShownDecision], page: int, participants: Sequence[ParticipantRow]) -> View:
    """Return the modal with one's own decisions, in order. For a sensei, their participants come last."""
    blocks: list[Block] = []
    if decisions or not participants:
        blocks += _own_blocks(decisions, page)
    if decisions and participants:
        blocks.append(divider())
    return _list_modal([*blocks, *_participant_blocks(participants)], "")


def participant_list(
    person: ShownPerson, enrolment: int, decisions: Sequence[ShownDecision], page: int
) -> View:
    """Return the modal with a participant's decisions, for their sensei."""
    head = f"*Decisions by {named(person)}*"
    if decisions:
        blocks = [section(f"{head} – {_describe_counts(decisions)}")]
    else:
        blocks = [section(f"{head}\nNone yet. You'll see a decision here once its author has confirmed it.")]
    return _list_modal([*blocks, *_page_blocks(decisions, page)], str(enrolment))


def home_blocks(digest: DecisionDigest) -> Iterable[Block]:
    """Yield the section of a participant's App Home."""
    if not digest.waiting and not digest.confirmed:
        yield section(f"*No decisions yet.* {HOW_TO_RECORD}")
        return
    waiting = f", {count(digest.waiting, 'draft waits', 'drafts wait')} for you" if digest.waiting else ""
    yield section(f"*Decisions* – {digest.confirmed} confirmed{waiting}")
    for shown in digest.drafts:
        yield section(_format_decision(shown))
        yield actions(confirm_button(shown), edit_button(shown))
    for shown in digest.latest:
        yield section(_format_decision(shown), see_button(shown))
    yield actions(list_button("See all decisions"))


def _own_blocks(decisions: Sequence[ShownDecision], page: int) -> Iterable[Block]:
    if not decisions:
        yield section(f"*You have no decisions yet.* {HOW_TO_RECORD}")
        return
    yield section(f"*Your decisions* – {_describe_counts(decisions)}")
    yield from _page_blocks(decisions, page)


def _participant_blocks(participants: Sequence[ParticipantRow]) -> Iterable[Block]:
    if participants:
        yield section("*Your participants' decisions*")
    for row in participants:
        how_many = count(row.decisions, "decision") if row.decisions else "none yet"
        text = f"{named(row.person)} – {how_many}"
        yield section(text, list_button("See", row.enrolment) if row.decisions else None)


def _page_blocks(decisions: Sequence[ShownDecision], page: int) -> Iterable[Block]:
    shown = page_of(decisions, page, PER_PAGE)
    for found in shown.items:
        buttons = change_buttons(found) if found.decision.state is DecisionState.DRAFT else []
        yield section(_format_decision(found), see_button(found))
        if buttons:
            yield actions(*buttons)
    if shown.of > 1:
        yield small(f"{shown.words}.")
        yield actions(*page_buttons(PAGE, shown.number, shown.of))


def _format_decision(shown: ShownDecision) -> str:
    title = mrkdwn(shown.decision.title, 2 * MOST_OF_A_TITLE)
    return f"*{shown.decision.number}. {title}*\n{describe_capstone(shown)} · {describe_state(shown)}"


def _describe_counts(decisions: Sequence[ShownDecision]) -> str:
    states = [shown.decision.state for shown in decisions]
    confirmed, drafts = states.count(DecisionState.CONFIRMED), states.count(DecisionState.DRAFT)
    waiting = [f"{count(drafts, 'draft')}"] if drafts else []
    earlier = len(states) - confirmed - drafts
    others = [f"{earlier} replaced or withdrawn"] if earlier else []
    return ", ".join([*waiting, f"{confirmed} confirmed", *others])


def _list_modal(blocks: Sequence[Block], metadata: str) -> View:
    return {
        "type": "modal",
        "callback_id": LIST,
        "private_metadata": metadata,
        "title": plain_object("Decisions"),
        "close": plain_object("Close"),
        "blocks": list(blocks),
    }
