"""What a check-in asks: a model's question if the guardrails let it pass, else the rubric's."""

from collections.abc import Mapping
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.records import Topic
from bot.domain.decisions.records import Decision
from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.review.lenient_values import as_line
from bot.domain.review.paths import path_on_one_line

MOST_WORDS = 45
"""Maximum words of a question. The prompt asks for 35."""
_MOST_OF_A_PATH = 120
_STILL_HOLDS = "Does it still hold, or has something changed?"
_REOPENED = "It says what would reopen it: has that happened, or is this for another reason?"

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}
"""The JSON Schema of the model's answer."""


def parse_question(document: Mapping[str, Any]) -> str:
    """Return the question in a model's answer on one line, or an empty string."""
    return as_line(document.get("question"))


def refuse(question: str, path: str, quote: str, shown: str) -> str | None:
    """Return why a model's question may not be asked, or None if it may.

    ``quote`` is the code that it is about, ``shown`` everything that the model was shown.
    """
    if len(question.split()) > MOST_WORDS:
        return "too long"
    return model_wording.refuse_question(question, Grounds(f"{path}\n{quote}", ShownText(shown)))


def ask_plainly(topic: Topic, probe: str, path: str, first: int, last: int) -> str:
    """Return the rubric's probe after one sentence that says which code it is about."""
    place = say_place(path, first, last)
    seen = f"You've merged a change to {place}." if topic is Topic.CHANGE else f"You have this in {place}."
    return f"{seen} {probe}"


def ask_about_decision(decision: Decision) -> str:
    """Return the question about a decision that may no longer hold, with its number and without its title."""
    asked = _REOPENED if decision.texts.get(Slot.REVISIT) else _STILL_HOLDS
    return f"Decision {decision.number} may no longer match your code. {asked}"


def say_place(path: str, first: int, last: int) -> str:
    """Return a place in words: ``bot.py, lines 3 to 9``."""
    shown = path_on_one_line(path)
    if len(shown) > _MOST_OF_A_PATH:
        shown = f"…{shown[1 - _MOST_OF_A_PATH :]}"
    return f"{shown}, line {first}" if first == last else f"{shown}, lines {first} to {last}"
