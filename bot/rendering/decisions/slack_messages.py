"""Direct messages about decision records, to their authors."""

from bot.domain.decisions.records import MOST_OF_A_TITLE, Decision, DecisionState
from bot.domain.decisions.shown import FilePlace, ShownDecision, WholeDecision
from bot.ports.chat import Block, OutgoingMessage
from bot.ports.decisions import StoredStatement
from bot.rendering.chat.slack_blocks import actions, section, small
from bot.rendering.chat.slack_text import link, mrkdwn
from bot.rendering.decisions.slack_buttons import (
    ONLY_YOU_TWO,
    confirm_button,
    describe_capstone,
    edit_button,
    publish_button,
    see_button,
)

_MOST_OF_A_CHECK = 100
_NO_CHECK = (
    "This decision isn't evidence for any check of the rubric, because it didn't come from a question about "
    "a check."
)


def recorded(whole: WholeDecision) -> OutgoingMessage:
    """Return the message that a decision is recorded, as it stands now."""
    shown = whole.shown
    text = f"{_name(shown.decision)} {_STATES[shown.decision.state]}."
    blocks = [section(f"*{text}*\n{_describe_place(shown)}")]
    if shown.decision.state is DecisionState.CONFIRMED:
        publish = [publish_button(shown)] if shown.decision.private else []
        blocks += [section(whole.counts_for or _NO_CHECK), *file_blocks(whole), small(_describe_reach(shown))]
        blocks.append(actions(see_button(shown), edit_button(shown), *publish))
    else:
        blocks.append(actions(see_button(shown)))
    return OutgoingMessage(text, tuple(blocks))


def changed(whole: WholeDecision, what: str) -> OutgoingMessage:
    """Return the message that a change was made: ``edited``, ``withdrawn``, ``published`` or ``drafted``."""
    shown = whole.shown
    text = f"{_name(shown.decision)} {_CHANGES[what]}"
    buttons = [see_button(shown)]
    if shown.decision.state is DecisionState.DRAFT:
        text = f"{text} The decision is still a draft. It counts once you confirm it."
        buttons.insert(0, confirm_button(shown))
    head = section(f"{text}\n{_describe_place(shown)}")
    return OutgoingMessage(text, (head, *_changed_file(whole, what), actions(*buttons)))


def file_blocks(whole: WholeDecision) -> list[Block]:
    """Return the block that leads to a public decision's file, if there is one or one can be started."""
    return [section(_describe_file(whole.file))] if whole.file is not None else []


def _changed_file(whole: WholeDecision, what: str) -> list[Block]:
    """Say after an edit that the file has the earlier words; after another change, only where the file is."""
    if what == "edited" and whole.file is not None and whole.file.kind in {"file", "pull request"}:
        return [section(f"{_describe_file(whole.file)} That file still has your earlier words.")]
    return file_blocks(whole) if what == "published" else []


def _describe_file(file: FilePlace) -> str:
    match file.kind:
        case "file":
            return f"The file of this decision is {link(file.address, file.name)}."
        case "pull request":
            pull_request = link(file.address, f"Pull request {file.name}")
            return f"{pull_request} adds this decision to the repository as a file."
        case "new file":
            return (
                f"This decision isn't a file in the repository yet. You can {link(file.address, 'add it')}."
            )
        case "empty file":
            start = link(file.address, "start the file")
            return (
                f"This decision isn't a file in the repository yet. You can {start} and copy the decision's "
                "parts into it."
            )


def describe_evidence(statement: StoredStatement | None) -> str:
    """Return a sentence about the check that a decision counts for; empty if there is none."""
    if statement is None:
        return ""
    check = mrkdwn(statement.check, _MOST_OF_A_CHECK)
    once = " once its pull request is merged" if statement.pending else ""
    if not statement.partial:
        return f"This decision counts as evidence for the check {check}{once}."
    missing = mrkdwn(statement.missing, 300)
    return f"This decision counts as evidence for part of the check {check}{once}. Still missing: {missing}."


_STATES = {
    DecisionState.DRAFT: "is a draft",
    DecisionState.CONFIRMED: "is recorded",
    DecisionState.SUPERSEDED: "was replaced by a later one",
    DecisionState.WITHDRAWN: "is withdrawn",
}
_CHANGES = {
    "edited": "is saved. Your earlier words stay in its history.",
    "withdrawn": "is withdrawn. It no longer counts, but you can still read it.",
    "published": "is public now.",
    "drafted": "is made from what you wrote after your one-to-one.",
}


def _name(decision: Decision) -> str:
    return f"Decision {decision.number}"


def _describe_place(shown: ShownDecision) -> str:
    return f"{mrkdwn(shown.decision.title, 2 * MOST_OF_A_TITLE)} ({describe_capstone(shown)})"


def _describe_reach(shown: ShownDecision) -> str:
    if shown.decision.private:
        return f"This decision is private: {ONLY_YOU_TWO}. You can make it public."
    return f"This decision is public: everyone who can read {describe_capstone(shown)} on GitHub may read it."
