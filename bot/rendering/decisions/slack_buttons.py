"""The buttons of decision records in Slack, and the words for their states.

The ids stay valid for buttons in older messages: never rename them. A button's value is the decision's id.
"""

from collections.abc import Iterable
from typing import Any

from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import ShownDecision
from bot.rendering.chat.slack_blocks import button, confirmed
from bot.rendering.chat.slack_text import moment, mrkdwn, plain

CONFIRM, EDIT, SEE = "decisions.confirm", "decisions.edit", "decisions.see"
WITHDRAW, PUBLISH = "decisions.withdraw", "decisions.publish"
LIST, PAGE = "decisions.list", "decisions.page"
MOST_OF_A_CAPSTONE = 100
ONLY_YOU_TWO = "only you and your sensei can see it"
_DAY = "{date_short}"

Element = dict[str, Any]


def confirm_button(shown: ShownDecision) -> Element:
    """Return the button that confirms a draft."""
    return _about("Confirm", CONFIRM, shown, "primary")


def edit_button(shown: ShownDecision) -> Element:
    """Return the button that opens the form with a decision's words."""
    return _about("Edit", EDIT, shown)


def see_button(shown: ShownDecision) -> Element:
    """Return the button that shows a whole decision."""
    return _about("See", SEE, shown)


def list_button(label: str, enrolment: int | None = None) -> Element:
    """Return the button that lists one's own decisions, or those of the participant with this enrolment."""
    value = str(enrolment) if enrolment else ""
    return button(label, f"{LIST}:{value}" if value else LIST, value)


def change_buttons(shown: ShownDecision) -> list[Element]:
    """Return the buttons with which its author can change a decision now."""
    state = shown.decision.state
    if not shown.is_own or state not in {DecisionState.DRAFT, DecisionState.CONFIRMED}:
        return []
    if state is DecisionState.DRAFT:
        return [confirm_button(shown), edit_button(shown), _withdraw_button(shown)]
    publish = [publish_button(shown)] if shown.decision.private else []
    return [edit_button(shown), *publish, _withdraw_button(shown)]


def publish_button(shown: ShownDecision) -> Element:
    """Return the button that makes a private decision public, once its author has read what that means."""
    text = (
        f"Everyone who can read {plain(shown.capstone, MOST_OF_A_CAPSTONE)} on GitHub will be able to read "
        "this decision, and I may mention it there. What you told me in private stays private. You can't "
        "make the decision private again."
    )
    return confirmed(_about("Publish", PUBLISH, shown), "Make this decision public?", text, "Make it public")


def describe_state(shown: ShownDecision) -> str:
    """Return a decision's state and date, and who can see it if it is private, as safe mrkdwn."""
    return " · ".join([_describe_date(shown), *_describe_reach(shown)])


def describe_capstone(shown: ShownDecision) -> str:
    """Return a decision's capstone as safe mrkdwn."""
    return mrkdwn(shown.capstone, MOST_OF_A_CAPSTONE)


def _withdraw_button(shown: ShownDecision) -> Element:
    if shown.decision.state is DecisionState.DRAFT:
        title = "Withdraw this draft?"
        text = "I won't record this decision, and I won't ask about it again. Your answers stay saved."
    else:
        title = "Withdraw this decision?"
        text = "This decision will no longer count as evidence. You can still read it, with its history."
    return confirmed(_about("Withdraw", WITHDRAW, shown), title, text, "Withdraw it")


def _describe_date(shown: ShownDecision) -> str:
    decision = shown.decision
    match decision.state:
        case DecisionState.DRAFT:
            return f"draft since {moment(decision.created_at, _DAY)}; it counts once you confirm it"
        case DecisionState.CONFIRMED:
            return f"confirmed {moment(decision.confirmed_at or decision.updated_at, _DAY)}"
        case DecisionState.SUPERSEDED:
            return "replaced by a later decision"
        case DecisionState.WITHDRAWN:
            return f"withdrawn {moment(decision.updated_at, _DAY)}"


def _describe_reach(shown: ShownDecision) -> Iterable[str]:
    if not shown.decision.private:
        return
    if not shown.is_own:
        yield "private: only its author and their sensei can see it"
    elif shown.decision.state in {DecisionState.CONFIRMED, DecisionState.SUPERSEDED}:
        yield f"private: {ONLY_YOU_TWO}"
    else:  # senseis see neither drafts nor what was withdrawn
        yield "private: only you can see it"


def _about(label: str, action: str, shown: ShownDecision, style: str = "") -> Element:
    return button(label, f"{action}:{shown.decision.id}", str(shown.decision.id), style)
