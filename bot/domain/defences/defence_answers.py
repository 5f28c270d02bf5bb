"""How a model worded the questions of a defence: parsed leniently, and checked by the guardrails.

A text that may not be shown is left out. Whoever stores the questions has the rubric's words in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.guardrails.model_wording import (
    Grounds,
    ShownText,
    refuse_note,
    refuse_question,
)
from bot.domain.review.lenient_values import RejectedItemError, as_line, as_list, as_mapping, as_number

MOST_FOLLOW_UPS, MOST_TOUCHES = 2, 3


@dataclass(frozen=True, slots=True)
class WordedQuestion:
    """A question as a model worded it. ``text`` is empty, and a list has gaps, where words were refused."""

    text: str = ""
    follow_ups: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()


@dataclass(frozen=True)
class DefenceAnswer:
    """The questions by the place's number, from 1. ``refused`` are the guardrails' reasons."""

    questions: Mapping[int, WordedQuestion]
    refused: Sequence[str] = field(default_factory=tuple)


def parse_defence_answer(document: Mapping[str, Any], quotes: Sequence[str], shown: str) -> DefenceAnswer:
    """Return what a model worded. ``quotes`` are the places' quotes, ``shown`` is all that it was shown."""
    questions: dict[int, WordedQuestion] = {}
    refused: list[str] = []
    everything = ShownText(shown)
    for item in as_list(document.get("questions")):
        try:
            worded = as_mapping(item)
        except RejectedItemError:
            continue
        number = as_number(worded.get("n"), len(quotes))
        if number is None or number in questions:
            continue
        grounds = Grounds(quotes[number - 1], everything)
        asked = [as_line(worded.get("text"))]
        follow_ups = [as_line(text) for text in as_list(worded.get("follow_ups"))]
        questions[number] = WordedQuestion(
            next(iter(_keep_questions(asked, grounds, refused)), ""),
            _keep_questions(follow_ups, grounds, refused)[:MOST_FOLLOW_UPS],
            _keep_notes([as_line(text) for text in as_list(worded.get("touches"))], refused)[:MOST_TOUCHES],
        )
    return DefenceAnswer(questions, tuple(refused))


def _keep_questions(texts: Sequence[str], grounds: Grounds, refused: list[str]) -> tuple[str, ...]:
    kept = []
    for text in filter(None, texts):
        reason = refuse_question(text, grounds)
        if reason is None:
            kept.append(text)
        else:
            refused.append(reason)
    return tuple(dict.fromkeys(kept))


def _keep_notes(texts: Sequence[str], refused: list[str]) -> tuple[str, ...]:
    kept = []
    for text in filter(None, texts):
        reason = refuse_note(text)
        if reason is None:
            kept.append(text)
        else:
            refused.append(reason)
    return tuple(dict.fromkeys(kept))
