"""The page of a defence in Slack, for its sensei alone, and the forms that it opens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.defences.records import Defence, DefenceOutcome, DefenceQuestion, DefenceState
from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import (
    actions,
    button,
    confirmed,
    divider,
    named,
    section,
    small,
)
from bot.rendering.chat.slack_form_fields import (
    date_picker,
    input_block,
    modal,
    radio_buttons,
    text_field,
    time_picker,
)
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object, preformatted
from bot.rendering.defences.slack_messages import (
    MOST_OF_A_NOTE,
    MOST_OF_A_QUESTION,
    SHOW,
    describe_outcome,
    describe_place,
)
from bot.rendering.text.defence_outcomes import OUTCOMES

PREPARE, TIME, RULE = "defence.prepare", "defence.time", "defence.rule"
"""The forms that prepare a defence, change its time, and rule on a question."""
CALL_OFF = "defence.call_off"
"""The button that calls the session off. Its value is the capstone's id, as of those that open forms."""
DAY, CLOCK, OUTCOME, NOTE = "day", "clock", "outcome", "note"
"""Blocks of the forms' fields."""
_MOST_OF_A_CODE, _MOST_OF_A_LINE, _MOST_OF_A_CAPSTONE = 1200, 300, 140
_WHEN = "{date_long_pretty}, {time}"
_SAY_SO = "Slack doesn't notify them when a message changes, so tell them yourself too."
CALLED_OFF = (
    "*Called off.* Your participant's message now says so, and the questions stay for another time. "
    f"{_SAY_SO}"
)
"""The line that confirms that a session was called off, as safe mrkdwn."""
_CHOICES = {
    DefenceOutcome.ALONE: "Alone, without a follow-up",
    DefenceOutcome.AFTER_FOLLOW_UP: "After a follow-up",
    DefenceOutcome.NOT_YET: "Not yet",
    DefenceOutcome.NOT_ASKED: "Not asked",
}
_EXPLAINED = (
    "I choose up to three places in code on the default branch: first gate criteria, then criteria with "
    "much evidence, then those in which your participant has decided least without help. I never choose what "
    "I've asked before. They learn when the defence is and that it's about their merged code, never the "
    "questions."
)


@dataclass(frozen=True, slots=True)
class ShownDefence:
    """A defence for its sensei. ``defence`` is None if none was prepared. ``notice`` is safe mrkdwn.

    ``titles`` are the criteria's; ``page`` is the repository's page at the host. ``is_stuck``: choosing the
    questions has taken so long that it may be started again.
    """

    capstone: int
    person: ShownPerson
    name: str
    defence: Defence | None
    titles: Mapping[str, str]
    page: str
    notice: str = ""
    is_stuck: bool = False


def session_view(shown: ShownDefence) -> View:
    """Return the page."""
    return {
        "type": "modal",
        "callback_id": SHOW,
        "title": plain_object("Defence"),
        "close": plain_object("Close"),
        "blocks": list(_page_blocks(shown)),
    }


def list_view(people: Sequence[tuple[int, ShownPerson, str]]) -> View:
    """Return the list of a sensei's participants: capstone, person and the capstone's name."""
    blocks = [section("*Whose defence?*")]
    for capstone, person, name in people[:50]:
        text = f"{named(person)} · {mrkdwn(name, _MOST_OF_A_CAPSTONE)}"
        blocks.append(section(text, button("Open", f"{SHOW}:{capstone}", str(capstone))))
    return {
        "type": "modal",
        "callback_id": SHOW,
        "title": plain_object("Defence"),
        "close": plain_object("Close"),
        "blocks": blocks,
    }


def time_form(capstone: int, day: date, minutes: int, *, prepares: bool) -> View:
    """Return the form for the time of the session, which also prepares a defence if ``prepares`` is set."""
    what = (
        _EXPLAINED
        if prepares
        else f"Your participant's message shows the new time in place of the earlier one. {_SAY_SO}"
    )
    blocks = [
        section(what),
        input_block(DAY, "Day of the session", date_picker(DAY, day)),
        input_block(
            CLOCK, "Time", time_picker(CLOCK, minutes), hint="In your time zone. Allow thirty minutes."
        ),
    ]
    submit = "Prepare" if prepares else "Save"
    title = "Prepare the defence" if prepares else "Time of the defence"
    return {**modal(title, submit, blocks, str(capstone)), "callback_id": PREPARE if prepares else TIME}


def ruling_form(question: DefenceQuestion) -> View:
    """Return the form for a sensei's ruling on a question."""
    last = question.ruling
    choices = {outcome.value: _CHOICES[outcome] for outcome in DefenceOutcome}
    blocks = [
        section(mrkdwn(question.asked.text, MOST_OF_A_QUESTION)),
        input_block(OUTCOME, "How did it go?", radio_buttons(OUTCOME, choices, last.outcome if last else "")),
        input_block(
            NOTE,
            "One sentence to the participant",
            text_field(NOTE, last.note if last else "", MOST_OF_A_NOTE, multiline=True),
            optional=True,
            hint="They read it with the question. You can leave it empty only if it wasn't asked.",
        ),
    ]
    return {**modal("Rule on a question", "Save", blocks, str(question.id)), "callback_id": RULE}


def _page_blocks(shown: ShownDefence) -> Iterator[Block]:
    if shown.notice:
        yield section(shown.notice)
    defence, capstone = shown.defence, str(shown.capstone)
    yield section(f"*{named(shown.person)}* · {mrkdwn(shown.name, _MOST_OF_A_CAPSTONE)}")
    if defence is None:
        yield section(_EXPLAINED)
        yield actions(button("Prepare the defence", PREPARE, capstone, "primary"))
        return
    when = moment(defence.session_at, _WHEN) if defence.session_at else "It's called off for now."
    label = "Change the time" if defence.session_at else "Set a time"
    yield section(when, None if defence.is_ruled else button(label, TIME, capstone))
    if shown.is_stuck:
        stuck = "I couldn't choose the questions, and don't know why. The person who runs Sensei can look."
        yield section(stuck, button("Try again", PREPARE, capstone))
    elif defence.state is DefenceState.PREPARING:
        yield section(_describe_choosing(defence))
    if not defence.questions:
        return
    yield small(
        "Only you, and a deputy who stands in for you, see this page. Ask the questions yourself; the "
        "follow-ups are there if you need them."
    )
    for question in defence.questions:
        yield divider()
        yield from _question_blocks(question, shown, defence)
    if not defence.has_rulings:
        yield divider()
        yield actions(*_change_buttons(defence, capstone))
    elif not defence.is_ruled:
        yield small("Your participant gets the outcomes once you've ruled on every question.")


def _describe_choosing(defence: Defence) -> str:
    if defence.questions:
        return (
            "I'm choosing other questions. I'll tell you in a direct message when they're ready. Until then, "
            "these stay. If you rule on one of them first, they're kept and the new ones aren't used."
        )
    return "I'm choosing the questions. I'll tell you in a direct message when they're ready."


def _change_buttons(defence: Defence, capstone: str) -> Iterator[dict[str, Any]]:
    if defence.state is not DefenceState.PREPARING:
        yield button("Prepare other questions", PREPARE, capstone)
    if defence.session_at is not None:
        yield confirmed(
            button("Call it off", CALL_OFF, capstone),
            "Call the session off?",
            "Your participant's message then says that it's called off. The questions stay, and you can set "
            "another time.",
            "Call it off",
        )


def _question_blocks(question: DefenceQuestion, shown: ShownDefence, defence: Defence) -> Iterator[Block]:
    asked = question.asked
    title = mrkdwn(shown.titles.get(asked.criterion, asked.criterion), 80)
    yield section(f"*{question.position}. {title}*\n{mrkdwn(asked.text, MOST_OF_A_QUESTION)}")
    place = describe_place(question, shown.page, defence.head)
    yield section(f"{place}\n{preformatted(asked.quote, _MOST_OF_A_CODE)}")
    notes = [
        *_list_texts("Follow-ups", asked.follow_ups),
        *_list_texts("A strong answer would touch on", asked.touches),
    ]
    if notes:
        yield section("\n".join(notes))
    label = "Rule" if question.ruling is None else "Look again"
    yield section(_describe_ruling(question), button(label, f"{RULE}:{question.id}", str(question.id)))


def _list_texts(title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield f"*{title}*"
        yield from (f"• {mrkdwn(text, _MOST_OF_A_LINE)}" for text in texts)


def _describe_ruling(question: DefenceQuestion) -> str:
    ruling = question.ruling
    if ruling is None:
        return "Not ruled on yet."
    earlier = len(question.rulings) - 1
    again = f" (looked at again; {earlier} earlier)" if earlier else ""
    note = f": {mrkdwn(ruling.note, MOST_OF_A_NOTE)}" if ruling.note else ""
    return f"*{describe_outcome(ruling.outcome)}*{again}{note}"


def describe_saved(question: DefenceQuestion, outcome: DefenceOutcome, at: datetime) -> str:
    """Return the line that confirms a ruling, as safe mrkdwn."""
    return f"*Saved:* question {question.position}, {OUTCOMES[outcome]}, {moment(at, '{time}')}."


def describe_last(closes: date | None, today: date) -> str:
    """Return what follows the last ruling, as safe mrkdwn. ``closes`` is the last day for a second look."""
    told = (
        "That was the last. Your participant gets the outcomes in their working hours, in ten minutes at the "
        "earliest."
    )
    if closes is None:
        return f"{told} *Look again* changes a ruling."
    if closes < today:
        return told
    return f"{told} Until {closes.day} {closes:%b}, *Look again* changes a ruling."


def describe_time(*, is_told: bool) -> str:
    """Return the line that confirms a time. ``is_told``: the participant reads of it."""
    if is_told:
        return f"*Saved.* Your participant's message shows the new time. {_SAY_SO}"
    return "*Saved.*"
