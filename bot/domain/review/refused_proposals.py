"""Which of a reader's proposals need new words before they can go out (``second_chances``)."""

from collections import Counter
from collections.abc import Iterable

from bot.domain.review.challenge_verdicts import ItemKind
from bot.domain.review.model_answers import ReadAnswer


def list_problems(answer: ReadAnswer) -> dict[tuple[ItemKind, str], str]:
    """Return the problem of each refused fact and question, by kind and text."""
    problems: dict[tuple[ItemKind, str], str] = {}
    problems |= {("concern", item.fact): item.problem for item in answer.concerns if item.problem}
    problems |= {("question", item.question): item.problem for item in answer.questions if item.problem}
    return problems


def count_unchosen(answers: Iterable[ReadAnswer], chosen: ReadAnswer) -> Counter[str]:
    """Count the refused items of several answers that were not chosen for the second reader."""
    left = set(list_problems(chosen))
    return Counter(
        f"{kind}: {problem}"
        for answer in answers
        for (kind, text), problem in list_problems(answer).items()
        if (kind, text) not in left
    )
