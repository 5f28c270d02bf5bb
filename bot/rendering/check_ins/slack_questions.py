"""What a check-in adds to its question, the reminder, and the forms that skip it or put it off."""

from datetime import date
from typing import Any

from bot.domain.check_ins.earlier_code import list_earlier_code
from bot.domain.check_ins.records import CheckInState, Topic
from bot.domain.decisions.records import Decision
from bot.domain.pull_requests.records import AskedQuestion
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.articulation.slack_questions import Framing, answer_row
from bot.rendering.chat.slack_blocks import button, section, small
from bot.rendering.chat.slack_form_fields import date_picker, input_block, modal, text_field
from bot.rendering.chat.slack_text import mrkdwn, preformatted, with_code

SKIP, LATER = "check_ins.skip", "check_ins.later"
"""The forms, and the buttons that open them. A button's value is the check-in's number."""
REASON, UNTIL = "reason", "until"
"""The fields of the two forms."""
MOST_OF_A_REASON = 500
_MOST_OF_A_QUESTION = 600
_MOST_OF_A_PATH, _MOST_OF_EARLIER_CODE = 200, 1200
_HEADING = "Your check-in: a question"
_SKIPPED = "I've marked this check-in as skipped. You can still answer it if you like."


_WHY = {
    Topic.DRIFT: "I ask because your code may no longer match what you decided.",
    Topic.OPEN_QUESTION: "You put this question off. The change that it's about is merged now.",
    Topic.GATE: (
        "I ask because your capstone must pass this criterion (a gate), and you've recorded no decision "
        "about it yet."
    ),
    Topic.CHANGE: "I ask because it's in a change that you've merged lately.",
}


def waiting_framing(
    check_in: int, topic: Topic, until: date | None = None, below: tuple[Block, ...] = ()
) -> Framing:
    """Return what is added to a check-in's question while it waits for an answer.

    ``topic`` is why it was chosen, ``until`` the day to which the participant has put it off. ``below`` is
    what ``earlier_code_blocks`` returns.
    """
    note = f"{_WHY[topic]} A few sentences are enough: 120 words at most."
    if until is not None:
        note = f"{note} You've put this off: I'll come back to it on {until:%a} {until.day} {until:%b}."
    return Framing(_HEADING, note, _buttons(check_in), below)


def skipped_framing(below: tuple[Block, ...] = ()) -> Framing:
    """Return what is added to the question of a check-in that was skipped."""
    return Framing(_HEADING, _SKIPPED, below=below)


def answered_framing(below: tuple[Block, ...] = ()) -> Framing:
    """Return what is added to the question of any other check-in."""
    return Framing(_HEADING, below=below)


def earlier_code_blocks(decision: Decision, question: AskedQuestion) -> tuple[Block, ...]:
    """Show the code that a decision is about, if the question shows other code; else say if it's gone."""
    earlier = list_earlier_code(decision, question.quote)[:1]
    if not earlier:
        is_gone = decision.code_gone_at is not None
        return (section("This is the code as it was when you decided. It's no longer there."),) * is_gone
    [anchor] = earlier
    where = f"When you decided, {mrkdwn(anchor.path, _MOST_OF_A_PATH)} had this:"
    return (section(f"{where}\n{preformatted(anchor.quote, _MOST_OF_EARLIER_CODE)}"),)


def reminder_message(question: int, check_in: int, text: str, *, chosen: bool) -> OutgoingMessage:
    """Remind of a check-in. ``text`` is its question. ``chosen``: the participant has asked for this day."""
    asked = mrkdwn(text, _MOST_OF_A_QUESTION)
    heading = "You asked me to come back to this" if chosen else "Your check-in is still open"
    only = "" if chosen else "I won't remind you again. "
    blocks = (
        section(f"*{heading}*\n{with_code(asked)}"),
        answer_row(question, disputable=False, more=_buttons(check_in)),
        small(
            f"The code is in my message above. You can also reply in this thread. {only}If you don't answer "
            "within two working days, I'll mark it as skipped; you can still answer after that."
        ),
    )
    return OutgoingMessage(f"{heading}: {asked}", blocks)


def ended_reminder_message(question: int, text: str, state: CheckInState) -> OutgoingMessage:
    """Show in a reminder how its check-in ended. A skipped one can still be answered."""
    asked = mrkdwn(text, _MOST_OF_A_QUESTION)
    words = _ENDS.get(state, "This check-in is no longer open. You don't need to do anything.")
    row = (answer_row(question, disputable=False),) if state is CheckInState.SKIPPED else ()
    return OutgoingMessage(
        f"{_REMINDED}: {asked}", (section(f"*{_REMINDED}*\n{with_code(asked)}"), section(words), *row)
    )


_REMINDED = "I reminded you of this check-in"
_ENDS = {CheckInState.ANSWERED: "You've answered it since.", CheckInState.SKIPPED: _SKIPPED}


def _buttons(check_in: int) -> tuple[dict[str, Any], ...]:
    number = str(check_in)
    return button("Later", LATER, number), button("Skip it", SKIP, number)


def nothing_message() -> OutgoingMessage:
    """Tell a participant who asked for a check-in that there is nothing to ask."""
    words = (
        "I've looked at your capstone, and there's nothing that I could ask about now. You don't need to do "
        "anything."
    )
    note = (
        "I ask about decisions that may no longer hold, questions that you put off, gate criteria without a "
        "decision, and changes that you've merged lately, and about each place only once."
    )
    return OutgoingMessage(words, (section(words), small(note)))


def failed_message() -> OutgoingMessage:
    """Tell a participant who asked for a check-in that none could be chosen."""
    words = (
        "I couldn't choose a question just now, so I haven't asked anything, and nothing was changed. Try "
        "`/dojo checkin now` again in a quarter of an hour."
    )
    return OutgoingMessage(words, (section(words),))


def skip_form(metadata: str) -> View:
    """Ask why a check-in is skipped. The reason can be left empty."""
    field = text_field(REASON, "", MOST_OF_A_REASON, multiline=True)
    hint = "I keep it with this check-in, and show it to nobody else."
    blocks = [
        section(
            "I'll ask you something else next time. You can still answer this question whenever you like. If "
            "you skip two in a row, I tell your sensei that, but not why."
        ),
        input_block(REASON, "Would you like to say why?", field, optional=True, hint=hint),
    ]
    return modal("Skip this check-in", "Skip it", blocks, metadata)


def later_form(day: date, metadata: str) -> View:
    """Ask when to come back to a check-in. ``day`` is suggested."""
    hint = (
        "I'll come back to this question on that day, when you're at work. Until then, there's no other "
        "check-in."
    )
    return modal(
        "Later", "Save", [input_block(UNTIL, "Ask me again on", date_picker(UNTIL, day), hint=hint)], metadata
    )
