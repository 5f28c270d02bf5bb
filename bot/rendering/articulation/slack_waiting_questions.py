"""The private questions that wait for a participant, in their App Home."""

from collections.abc import Iterable, Sequence

from bot.domain.articulation.waiting_questions import WaitingQuestion
from bot.ports.chat import Block
from bot.rendering.articulation.slack_questions import ANSWER
from bot.rendering.chat.slack_blocks import button, count, section, small
from bot.rendering.chat.slack_text import mrkdwn

_MOST_QUESTIONS, _MOST_OF_A_QUESTION = 3, 300


def waiting_blocks(questions: Sequence[WaitingQuestion]) -> Iterable[Block]:
    """Yield the private questions that wait, the oldest first, each with a button that answers it."""
    if not questions:
        return
    yield section(f"*{count(len(questions), 'private question')}* – I don't post your answers on GitHub")
    for question in questions[:_MOST_QUESTIONS]:
        answer = button("Answer", f"{ANSWER}:home{question.question}", str(question.question))
        yield section(f"• {mrkdwn(question.text, _MOST_OF_A_QUESTION)}", answer)
    if (left := len(questions) - _MOST_QUESTIONS) > 0:
        yield small(f"You'll find {left} more in our direct messages.")
