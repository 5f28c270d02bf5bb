"""How many of a pull request's questions still need an answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.pull_requests.records import AskedQuestion, QuestionState

_SHOWN = (
    QuestionState.ASKED,
    QuestionState.ANSWERED,
    QuestionState.RESOLVED,
    QuestionState.DEFERRED,
    QuestionState.DISPUTED,
)


@dataclass(frozen=True, slots=True)
class QuestionCounts:
    """The questions that a pull request shows.

    ``asked`` counts all of them, ``on_lines`` those without an answer that have a thread, and ``threadless``
    those without an answer that are in a review's body. ``sensei_first``: a sensei sees new ones first.
    """

    asked: int = 0
    on_lines: int = 0
    threadless: int = 0
    sensei_first: bool = False

    @property
    def open(self) -> int:
        """The number of questions without an answer. Disputed and deferred ones don't need one."""
        return self.on_lines + self.threadless


def count_questions(
    questions: Iterable[AskedQuestion],
    *,
    asking: Collection[int] = (),
    threadless: Collection[int] = (),
    sensei_first: bool = False,
) -> QuestionCounts:
    """Count a pull request's questions.

    ``asking`` are the ids of those that the review being written asks, and ``threadless`` the ids of those
    among them that it asks in its body.
    """
    shown = [question for question in questions if question.state in _SHOWN or question.id in asking]
    unanswered = [
        question for question in shown if question.state is QuestionState.ASKED or question.id in asking
    ]
    in_body = sum(
        question.id in threadless if question.id in asking else not question.inline for question in unanswered
    )
    return QuestionCounts(len(shown), len(unanswered) - in_body, in_body, sensei_first)
