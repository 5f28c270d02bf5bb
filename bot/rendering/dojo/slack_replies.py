"""The answer to a direct message that a person writes to Sensei."""

from collections.abc import Iterable

from bot.domain.dojo.app_home import Home, ParticipantHome, SenseiHome, ShownPerson
from bot.ports.chat import Block, OutgoingMessage
from bot.rendering.articulation.slack_waiting_questions import waiting_blocks
from bot.rendering.chat.slack_blocks import MOST_OF_A_NAME, count, fitted, listed, names, section, small
from bot.rendering.chat.slack_text import mrkdwn
from bot.rendering.dojo.home_actions import action_rows
from bot.rendering.dojo.slack_home import format_question

_MOST_QUESTIONS, _MOST_NAMES = 5, 10
_INTRODUCTION = "I can't answer this, and I haven't saved your message."


def reply_message(home: Home, *, answers_questions: bool = True) -> OutgoingMessage:
    """Answer a direct message with what its author is most likely to need. It mentions nobody.

    ``answers_questions``: members of a dojo can ask Sensei.
    """
    return OutgoingMessage(
        f"{_INTRODUCTION} Here is what may help.",
        fitted(_reply_blocks(home, answers_questions=answers_questions), "The rest is in the Home tab."),
    )


def _reply_blocks(home: Home, *, answers_questions: bool) -> Iterable[Block]:
    yield section(f"{_INTRODUCTION} Here is what may help.")
    if home.is_guest:
        where = f"You're not in {mrkdwn(home.cohort, MOST_OF_A_NAME)}." if home.cohort else ""
        yield section(where or "There's no dojo here yet.")
    if home.participant:
        yield section(_describe_sensei(home.participant))
        yield from waiting_blocks(home.participant.private)
        yield section(_describe_questions(home.participant))
    if home.sensei:
        yield section(_describe_participants(home.sensei))
    if home.lead:
        yield section("The Home tab shows who is stuck, who has no sensei and who is away.")
    yield from action_rows(home)
    how = "Members of a dojo that's under way can ask me something: write it as text in a new message. "
    yield small(
        f"{how if answers_questions else ''}"
        "`/dojo help` lists everything you can do here. I reply to messages at most once every ten minutes."
    )


def _describe_sensei(home: ParticipantHome) -> str:
    if home.sensei is None:
        return "*Your sensei*\nYou don't have one yet. If something can't wait, ask a lead of your dojo."
    text = (
        f"*Your sensei*\n{_name(home.sensei)}. Write to them in the group message in which I introduced you, "
        "or directly."
    )
    return f"{text}\nThey're away today; {_name(home.deputy)} is standing in." if home.deputy else text


def _describe_questions(home: ParticipantHome) -> str:
    if not home.questions:
        return "*No open questions.* Nothing is waiting for you."
    lines = listed(home.questions, format_question, _MOST_QUESTIONS)
    return f"*{count(len(home.questions), 'open question')}* – answer on GitHub:\n{lines}"


def _describe_participants(home: SenseiHome) -> str:
    if not home.participants:
        return "*Your participants*\nYou have none yet."
    people = names([participant.person.name for participant in home.participants], _MOST_NAMES)
    return f"*Your participants*\n{people}. The Home tab shows their open questions."


def _name(person: ShownPerson) -> str:
    """Return a name without a mention, because Slack notifies people whom a message mentions."""
    return mrkdwn(person.name, MOST_OF_A_NAME)
