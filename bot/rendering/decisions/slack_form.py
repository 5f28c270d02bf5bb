"""The forms for a decision's words: of a record, and of a new one that keeps a message."""

from collections.abc import Iterable, Mapping

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.decisions.records import MOST_OF_A_PART, MOST_OF_A_TITLE, DecisionState
from bot.domain.decisions.shown import ShownDecision
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import section, small
from bot.rendering.chat.slack_form_fields import (
    checkboxes,
    input_block,
    modal,
    single_select,
    text_field,
)
from bot.rendering.chat.slack_text import mrkdwn, units
from bot.rendering.decisions.slack_buttons import ONLY_YOU_TWO, describe_capstone

TITLE, CAPSTONE, TOO = "title", "capstone", "too"
CONFIRM_TOO = "confirm"
_CUT = "…"


def edit_form(shown: ShownDecision, guide: ArticulationGuide, metadata: str) -> View:
    """Return the form with a decision's words. A part that is too long for a field isn't in it."""
    decision = shown.decision
    blocks: list[Block] = [small(_describe_edit(shown)), _title_block(decision.title)]
    blocks += _part_blocks(decision.texts, guide)
    if decision.state is DecisionState.DRAFT:
        tick = checkboxes(TOO, {CONFIRM_TOO: "Also confirm the decision, so that it counts from now on"})
        blocks.append(input_block(TOO, "When you save", tick, optional=True))
    return modal(f"Edit decision {decision.number}", "Save", blocks, metadata)


def new_form(message: str, capstones: Mapping[str, str], guide: ArticulationGuide, metadata: str) -> View:
    """Return the form that records a message as a decision.

    ``capstones`` are the names to choose from, by value; with a single one there is nothing to choose.
    """
    text, is_cut = _cut(message)
    blocks: list[Block] = [section(f"I'll record your message as a private decision: {ONLY_YOU_TWO}.")]
    if is_cut:
        blocks.append(small("Your message is too long for the field below, so I've left out its end."))
    if len(capstones) > 1:
        select = single_select(CAPSTONE, capstones, next(iter(capstones)))
        blocks.append(input_block(CAPSTONE, "Capstone", select))
    blocks += [_title_block(""), *_part_blocks({Slot.DECIDED: text} if text else {}, guide)]
    return modal("Record a decision", "Record", blocks, metadata)


def fits(text: str) -> bool:
    """Return whether a field of a form can hold a text."""
    return units(text) <= MOST_OF_A_PART


def _title_block(title: str) -> Block:
    field = text_field(TITLE, title, MOST_OF_A_TITLE)
    hint = (
        f"At most {MOST_OF_A_TITLE} characters. If you leave the title empty, I'll use the first sentence of "
        "the decision."
    )
    return input_block(TITLE, "Title", field, optional=True, hint=hint)


def _part_blocks(texts: SlotTexts, guide: ArticulationGuide) -> Iterable[Block]:
    for part in guide.slots:
        text = texts.get(part.id, "")
        if fits(text):
            field = text_field(part.id.value, text, MOST_OF_A_PART, multiline=True)
            yield input_block(part.id.value, part.title, field, optional=True, hint=f"{part.hint}.")
        else:
            yield section(
                f"*{part.title}*\nThis part is too long for a field in Slack, so you can't change it here. "
                f"The part stays as it is: “{mrkdwn(text, 200)}”"
            )


def _describe_edit(shown: ShownDecision) -> str:
    state = shown.decision.state
    words = (
        "I made this draft from your own words. Change whatever you like."
        if state is DecisionState.DRAFT
        else "This decision is confirmed. If you change it, your earlier words stay in its history."
    )
    return f"{describe_capstone(shown)}. {words}{_describe_reach(shown)}"


def _describe_reach(shown: ShownDecision) -> str:
    """Return who can see a private decision that can be edited; senseis see no drafts."""
    if not shown.decision.private:
        return ""
    if shown.decision.state is DecisionState.DRAFT:
        return " Only you can see the draft. Once you confirm it, your sensei can see it too."
    return f" Private: {ONLY_YOU_TWO}."


def _cut(message: str) -> tuple[str, bool]:
    """Return as much of a message as a field can hold, and whether something was left out."""
    if fits(message):
        return message, False
    kept = message[: MOST_OF_A_PART - 1]
    while units(kept) >= MOST_OF_A_PART:
        kept = kept[: len(kept) - (units(kept) - MOST_OF_A_PART) // 2 - 1]
    return kept + _CUT, True
