"""Appeals in Slack, as senseis see them: the second one, who is asked to rule, and the first one."""

from collections.abc import Iterable

from bot.domain.triage.records import AppealState
from bot.domain.triage.shown import AppealedRuling, RuledLevel
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, actions, button, section, small
from bot.rendering.chat.slack_text import link, mrkdwn
from bot.rendering.triage.slack_appeals import MOST_OF_A_REASON
from bot.rendering.triage.slack_levels import MOST_OF_A_TITLE, format_day, format_level, format_title

RULE = "triage.rule"
"""The button that shows the evidence to whoever rules. Its value is ``<capstone>:<criterion>``."""
_MOST_OF_A_SENTENCE = 600


def assigned_message(ruling: AppealedRuling, value: str) -> OutgoingMessage:
    """Ask a second sensei to rule. ``value`` is that of the button, which shows the evidence first."""
    who, first = _shorten(ruling.participant), _shorten(ruling.first) if ruling.first else "Another sensei"
    title = f"{who} asks for a second opinion, and a lead has named you"
    return OutgoingMessage(f"{title}.", tuple(_assigned_blocks(ruling, title, first, value)))


def _assigned_blocks(ruling: AppealedRuling, title: str, first: str, value: str) -> Iterable[Block]:
    shown = ruling.shown
    name, address = ruling.capstone
    yield section(f"*{title}.* It's about *{format_title(shown)}* in {link(address, name)}.")
    yield actions(button("Read the evidence and rule", RULE, value, "primary"))
    reason = mrkdwn(ruling.appeal_reason, 2 * MOST_OF_A_REASON, lines=True)
    yield section(f"*The participant's reason*\n{reason}")
    yield section(_format_earlier(ruling, first))
    yield small(
        "Your ruling is final until the evidence changes. I'll tell the participant and the sensei who ruled "
        "before. Only you see the participant's reason."
    )


def _format_earlier(ruling: AppealedRuling, first: str) -> str:
    shown = ruling.shown
    ruled = "couldn't judge this" if shown.level is None else f"gave {format_level(shown)}"
    lines = [f"*The ruling so far*\n{first} {ruled} on {format_day(shown)}."]
    if shown.sentence.strip():
        lines.append(f"To the participant: “{mrkdwn(shown.sentence, _MOST_OF_A_SENTENCE)}”")
    if ruling.reason.strip():
        lines.append(f"For other senseis: “{mrkdwn(ruling.reason, MOST_OF_A_REASON)}”")
    return "\n".join(lines)


def unassigned_message(participant: str, title: str, state: AppealState, *, ruled: bool) -> OutgoingMessage:
    """Show a second sensei that they needn't rule any more, or have (``ruled``). It repeats no words."""
    outcome = {
        AppealState.RULED: "You've ruled, so this is settled." if ruled else "Someone else has ruled.",
        AppealState.WITHDRAWN: "The request was taken back, so you don't need to do anything.",
    }.get(state, "A lead will ask someone else, so you don't need to do anything.")
    text = (
        f"{_shorten(participant)} asked for a second opinion on *{mrkdwn(title, MOST_OF_A_TITLE)}*. {outcome}"
    )
    return OutgoingMessage(text, (section(text),))


def second_ruled_message(participant: str, level: RuledLevel, second: str, *, shown: bool) -> OutgoingMessage:
    """Tell the first sensei that a second one has ruled. ``shown``: they may still see the level."""
    who = _shorten(second) if second else "A second sensei"
    given = f": {format_level(level)}" if shown else ""
    text = f"{who} has ruled on *{format_title(level)}* for {_shorten(participant)} after an appeal{given}. "
    text += "That ruling is final until the evidence changes."
    return OutgoingMessage(text, (section(text),))


def _shorten(name: str) -> str:
    return mrkdwn(name, MOST_OF_A_NAME)
