"""What a check-in adds to its question, the reminder, and the forms that skip it or put it off."""

from datetime import date, datetime
from typing import Any

from bot.domain.check_ins.earlier_code import list_earlier_code
from bot.domain.check_ins.records import CheckIn, CheckInState, MoveReason, Topic
from bot.domain.decisions.records import Decision
from bot.domain.pull_requests.records import AskedQuestion
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.articulation.slack_questions import Framing, answer_row
from bot.rendering.chat.days import say_day
from bot.rendering.chat.slack_blocks import button, section, small
from bot.rendering.chat.slack_form_fields import date_picker, input_block, modal, text_field
from bot.rendering.chat.slack_text import moment, mrkdwn, preformatted, with_code

SKIP, LATER = "check_ins.skip", "check_ins.later"
"""The forms, and the buttons that open them. A button's value is the check-in's number."""
FORTNIGHT = "check_ins.fortnight"
"""The button that asks for a check-in every two weeks. Its value is the check-in's number."""
REASON, UNTIL = "reason", "until"
"""The fields of the two forms."""
MOST_OF_A_REASON = 500
_MOST_OF_A_QUESTION = 600
_MOST_OF_A_PATH, _MOST_OF_EARLIER_CODE, _MOST_OF_A_TITLE = 200, 1200, 80
_HEADING = "Your check-in: a question"
_SKIPPED = "I've marked this check-in as skipped. You can still answer it if you like."


_WHY = {
    Topic.DRIFT: "I'm asking because your code may no longer match what you decided.",
    Topic.OPEN_QUESTION: (
        "I'm asking because you put this question off on a pull request, and its change is merged now."
    ),
    Topic.CHANGE: "I'm asking because this code is in a change that you merged recently.",
}
_WHY_A_GATE = (
    "I'm asking because {criterion} that your capstone must pass, and you haven't recorded a decision about "
    "it yet."
)
_A_CRITERION = "this is about a criterion"
_NOT_USUAL = {
    MoveReason.AWAY: "I'm asking later than usual because you were away.",
    MoveReason.SNOOZED: "I'm asking later than usual because you'd asked for no check-ins for a while.",
    MoveReason.DEFENCE: (
        "I'm asking later than usual because your defence was on your usual day or the day after."
    ),
    MoveReason.DECIDED: "I'm asking later than usual because you'd just confirmed a decision.",
    MoveReason.MESSAGE: (
        "I'm asking later than usual because I'd already sent you another message on your usual day."
    ),
    MoveReason.OTHER: "I'm asking on a different day from usual this week.",
}
_OFFER = (
    "You haven't answered the last three check-ins. If you'd rather be asked every two weeks, choose *Every "
    "two weeks* below."
)
_WHO_HEARS = {
    True: (
        "If you skip this check-in or don't answer it, I tell nobody. If that happens twice in a row, I tell "
        "your sensei, but not why."
    ),
    False: (
        "If you skip this check-in or don't answer it, I tell nobody for now. If that happens twice in a row "
        "and you get a sensei, I tell them, but not why."
    ),
}


def waiting_framing(
    check_in: CheckIn, criterion: str = "", below: tuple[Block, ...] = (), *, offers_fortnight: bool = False
) -> Framing:
    """Return what is added to a check-in's question while it waits for an answer.

    ``criterion`` is the title of the one that it is about, or empty. ``below`` is what
    ``earlier_code_blocks`` returns. ``offers_fortnight``: it offers to ask every two weeks.
    """
    named = f"*{mrkdwn(criterion, _MOST_OF_A_TITLE)}* is a criterion" if criterion else _A_CRITERION
    notes = [_WHY.get(check_in.topic) or _WHY_A_GATE.format(criterion=named)]
    if check_in.moved_by is not None:
        notes.append(_NOT_USUAL[check_in.moved_by])
    notes.append("A few sentences are enough: 120 words at most.")
    if (until := check_in.put_off_until) is not None:
        notes.append(f"You've put this check-in off: I'll come back to it on {say_day(until)}.")
    if offers_fortnight:
        notes.append(_OFFER)
    buttons = _buttons(check_in.id)
    if offers_fortnight:
        buttons = (*buttons, button("Every two weeks", FORTNIGHT, str(check_in.id)))
    return Framing(_HEADING, " ".join(notes), buttons, below)


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


def reminder_message(  # noqa: PLR0913 - what a reminder says
    question: int,
    check_in: CheckIn,
    text: str,
    until: datetime | None = None,
    *,
    chosen: bool,
    has_sensei: bool = True,
) -> OutgoingMessage:
    """Remind of a check-in. ``text`` is its question. ``chosen``: the participant has asked for this day.

    ``until`` is when it counts as skipped, if that is known. A check-in that was put off shows to which day.
    """
    asked = mrkdwn(text, _MOST_OF_A_QUESTION)
    is_put_off = check_in.put_off_until is not None
    heading = _head_reminder(is_put_off=is_put_off, chosen=chosen)
    only = "" if chosen or is_put_off else "I won't remind you again. "
    blocks = (
        section(f"*{heading}*\n{with_code(asked)}"),
        *((section(_say_later(check_in.put_off_until)),) if check_in.put_off_until else ()),
        answer_row(question, disputable=False, more=_buttons(check_in.id)),
        small(
            f"The code is in my message above. You can also reply in this thread. {only}"
            f"{_say_until(check_in, until)}{_WHO_HEARS[has_sensei]}"
        ),
    )
    return OutgoingMessage(f"{heading}: {asked}", blocks)


def _head_reminder(*, is_put_off: bool, chosen: bool) -> str:
    if is_put_off:
        return "You've put this check-in off"
    return "You asked me to come back to this" if chosen else "Your check-in is still open"


def _say_until(check_in: CheckIn, until: datetime | None) -> str:
    """Return until when a check-in can be answered before it counts as skipped."""
    if check_in.put_off_until is not None:
        return ""
    when = "within two working days" if until is None else f"by {moment(until)}"
    skipped = "I'll mark this check-in as skipped. You can still answer after that."
    return f"If you don't answer {when}, {skipped} "


def _say_later(day: date) -> str:
    return f"I'll ask you this again on {say_day(day)}, when you're at work."


_NO_OTHER = "You won't get another check-in until you've answered or skipped this one."


def put_off_message(day: date) -> OutgoingMessage:
    """Confirm that a check-in was put off to a day."""
    words = f"I'll come back to your check-in on {say_day(day)}, when you're at work."
    return OutgoingMessage(words, (section(words), small(_NO_OTHER)))


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
        "I ask about decisions that may no longer hold, questions that you put off, changes that you merged "
        "recently, and criteria that your capstone must pass but that have no decision yet. I ask about each "
        "place only once."
    )
    return OutgoingMessage(words, (section(words), small(note)))


def unread_message() -> OutgoingMessage:
    """Tell a participant who asked for a check-in that Sensei hasn't read their capstone yet."""
    words = (
        "I haven't been able to read your capstone yet, so there's nothing that I could ask about. Whoever "
        "runs Sensei can check why."
    )
    return OutgoingMessage(words, (section(words),))


def failed_message() -> OutgoingMessage:
    """Tell a participant who asked for a check-in that none could be chosen."""
    words = (
        "I couldn't choose a question just now, so I haven't asked anything, and nothing was changed. Try "
        "`/dojo checkin now` again in a quarter of an hour."
    )
    return OutgoingMessage(words, (section(words),))


def skip_form(metadata: str, *, has_sensei: bool = True) -> View:
    """Ask why a check-in is skipped. The reason can be left empty."""
    field = text_field(REASON, "", MOST_OF_A_REASON, multiline=True)
    hint = "I keep it with this check-in, and show it to nobody else."
    blocks = [
        section(
            "I'll ask you something else next time. You can still answer this question whenever you like. "
            f"{_WHO_HEARS[has_sensei]}"
        ),
        input_block(REASON, "Would you like to say why?", field, optional=True, hint=hint),
    ]
    return modal("Skip this check-in", "Skip it", blocks, metadata)


def later_form(day: date, metadata: str) -> View:
    """Ask when to come back to a check-in. ``day`` is suggested."""
    hint = f"I'll come back to this question on that day, or on your next working day. {_NO_OTHER}"
    return modal(
        "Later", "Save", [input_block(UNTIL, "Ask me again on", date_picker(UNTIL, day), hint=hint)], metadata
    )
