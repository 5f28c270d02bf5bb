"""How many of a pull request's questions still need an answer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
    ``decisions`` are the numbers of the earlier decisions that some of those without an answer are about.
    """

    asked: int = 0
    on_lines: int = 0
    threadless: int = 0
    sensei_first: bool = False
    decisions: tuple[int, ...] = ()

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
    decisions: Mapping[int, int] = MappingProxyType({}),
) -> QuestionCounts:
    """Count a pull request's questions.

    ``asking`` are the ids of those that the review being written asks, and ``threadless`` the ids of those
    among them that it asks in its body. ``decisions`` has the number of the decision for each question that
    is about an earlier one.
    """
    shown = [question for question in questions if question.state in _SHOWN or question.id in asking]
    unanswered = [
        question for question in shown if question.state is QuestionState.ASKED or question.id in asking
    ]
    in_body = sum(
        question.id in threadless if question.id in asking else not question.inline for question in unanswered
    )
    about = sorted(decisions[question.id] for question in unanswered if question.id in decisions)
    return QuestionCounts(len(shown), len(unanswered) - in_body, in_body, sensei_first, tuple(about))
