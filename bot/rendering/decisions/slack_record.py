"""One decision record in Slack: its parts, its places in the code, and its history."""

from collections.abc import Iterable, Sequence

from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import (
    MOST_OF_A_TITLE,
    CodeAnchor,
    DecisionRevision,
    DecisionState,
    RevisedBy,
)
from bot.domain.decisions.shown import ShownDecision, WholeDecision
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import actions, header, listed, section, small
from bot.rendering.chat.slack_text import moment, mrkdwn, plain, plain_object
from bot.rendering.decisions.slack_buttons import (
    SEE,
    change_buttons,
    describe_capstone,
    describe_state,
    list_button,
)
from bot.rendering.decisions.slack_messages import file_blocks

_MOST_OF_A_PART = 2900  # of the 3,000 characters that a section may have
_MOST_OF_A_PATH, _MOST_OF_A_QUOTE = 200, 300


def decision_view(whole: WholeDecision, guide: ArticulationGuide) -> View:
    """Return the modal with a decision record."""
    return {
        "type": "modal",
        "callback_id": SEE,
        "title": plain_object(f"Decision {whole.shown.decision.number}"),
        "close": plain_object("Close"),
        "blocks": [*_head_blocks(whole), *_part_blocks(whole.shown, guide), *_foot_blocks(whole, guide)],
    }


def _head_blocks(whole: WholeDecision) -> Iterable[Block]:
    shown = whole.shown
    yield header(plain(shown.decision.title, MOST_OF_A_TITLE))
    yield small(f"{describe_capstone(shown)} · {describe_state(shown)}")
    if whole.replaced_by is not None:
        yield section(f"Decision {whole.replaced_by} replaced this one.")
    if whole.replaces is not None:
        # A draft replaces the earlier one only once it is confirmed.
        verb = "will replace" if shown.decision.state is DecisionState.DRAFT else "replaced"
        yield section(f"This decision {verb} decision {whole.replaces}.")
    if buttons := change_buttons(shown):
        yield actions(*buttons)


def _part_blocks(shown: ShownDecision, guide: ArticulationGuide) -> Iterable[Block]:
    texts = shown.decision.texts
    for slot in Slot:
        if slot in texts:
            text = mrkdwn(texts[slot], _MOST_OF_A_PART, lines=True)
            yield section(f"*{guide.title(slot)}*\n{text}")
    missing = [guide.title(slot) for slot in Slot if slot not in texts]
    if missing:
        yield small(f"Left empty: {', '.join(missing)}.")


def _foot_blocks(whole: WholeDecision, guide: ArticulationGuide) -> Iterable[Block]:
    if whole.shown.decision.anchors:
        yield section(f"*Code*\n{listed(whole.shown.decision.anchors, _format_anchor, 5)}")
    if gone := whole.shown.decision.code_gone_at:
        since = moment(gone, "{date_short}")
        yield section(f"This code has been missing from the default branch since {since}.")
    yield from file_blocks(whole)
    if whole.counts_for:
        yield section(f"*What it's evidence for*\n{whole.counts_for}")
    yield section(f"*History*\n{_format_history(whole, guide)}")
    if whole.shown.is_own:
        yield actions(list_button("All decisions"))


def _format_anchor(anchor: CodeAnchor) -> str:
    lines = (
        f"line {anchor.line_start}"
        if anchor.line_start == anchor.line_end
        else f"lines {anchor.line_start}–{anchor.line_end}"
    )
    path = mrkdwn(anchor.path, _MOST_OF_A_PATH)
    quote = mrkdwn(anchor.quote, _MOST_OF_A_QUOTE)
    return f"• {path}, {lines}, at {mrkdwn(anchor.commit[:7], 20)}: “{quote}”"


def _format_history(whole: WholeDecision, guide: ArticulationGuide) -> str:
    """Return a line for each revision, the newest first, with the parts that it changed."""
    history = list(whole.history)
    earlier: Sequence[DecisionRevision | None] = [None, *history[:-1]]
    lines = [
        _format_revision(revision, before, whole.shown, guide)
        for revision, before in zip(history, earlier, strict=True)
    ]
    return listed(lines[::-1], str, 20)


def _format_revision(
    revision: DecisionRevision,
    before: DecisionRevision | None,
    shown: ShownDecision,
    guide: ArticulationGuide,
) -> str:
    author = "you" if shown.is_own else "its author"
    by = {
        RevisedBy.SENSEI: f"by Sensei, from {'your' if shown.is_own else 'their'} words",
        RevisedBy.PARTICIPANT: f"by {author}",
        RevisedBy.FILE: "from its file in the repository",
    }[revision.by]
    changed = f"; changed: {', '.join(_list_changes(revision, before, guide))}" if before else ""
    return f"• {moment(revision.at)}, {by}{changed}"


def _list_changes(
    revision: DecisionRevision, before: DecisionRevision, guide: ArticulationGuide
) -> list[str]:
    changed = ["title"] if revision.title != before.title else []
    return changed + [
        guide.title(slot).lower()
        for slot in Slot
        if revision.texts.get(slot, "") != before.texts.get(slot, "")
    ]
