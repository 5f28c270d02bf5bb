"""What a check-in asks: a model's question if the guardrails let it pass, else the rubric's."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.topics import TopicPlace
from bot.domain.decisions.records import Decision
from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.guardrails.person_names import hide_project
from bot.domain.review.lenient_values import as_line
from bot.domain.review.paths import path_on_one_line
from bot.domain.review.signal_facts import AFTER_A_FACT

MOST_WORDS = 45
"""Maximum words of a question. The prompt asks for 35."""
_MOST_OF_A_PATH = 80
_STILL_HOLDS = "Does the decision still hold, or is there another one now?"
_CHOICES = (
    "What would have to change before you'd do this another way?",
    "When would this be the wrong way to do it?",
    "Which other way of doing this would come closest?",
)
"""What is asked about code that speaks for a check. That it's missing can't be asked then."""
_REOPENED = (
    "The decision says what would reopen it: has that happened, or did the code change for another reason?"
)

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


def refuse(question: str, path: str, quote: str, shown: str, project: str = "") -> str | None:
    """Return why a model's question may not be asked, or None if it may.

    ``quote`` is the code that it is about, ``shown`` everything that the model was shown, and ``project`` the
    name of the repository, which a question may use.
    """
    if len(question.split()) > MOST_WORDS:
        return "too long"
    named = hide_project(question, project)
    return model_wording.refuse_question(named, Grounds(f"{path}\n{quote}", ShownText(shown)))


def list_plain_questions(place: TopicPlace, probe: str, *, with_models_words: bool) -> Iterator[str]:
    """Yield what may be asked about a place without a model, the best first. Each begins with the file.

    Of what a model has said about the place before, nothing is used unless ``with_models_words``.
    """
    named = f"In {name_file(place.path)}: "
    found = place.says
    is_usable = place.by_signal or with_models_words
    if found.question and is_usable:
        yield f"{named}{found.question}"
    elif found.fact and is_usable:
        yield f"{named}{found.fact} {AFTER_A_FACT}"
    elif found.direction == "supports":
        if not place.is_test:  # a test makes no choice that somebody could question without reading it
            yield from (f"{named}{asked}" for asked in _CHOICES)
    elif probe:
        yield f"{named}{probe}"


def ask_about_decision(decision: Decision, path: str, *, is_gone: bool) -> str:
    """Return the question about a decision that may no longer hold, with its number and without its title."""
    asked = _REOPENED if decision.texts.get(Slot.REVISIT) else _STILL_HOLDS
    number, file = decision.number, name_file(path)
    if is_gone:
        return f"The code that decision {number} is about is no longer in {file} as it was. {asked}"
    return f"A change that you've merged to {file} touches what decision {number} says. {asked}"


def is_said(question: str, said: Collection[str]) -> bool:
    """Return whether a question's words are among some questions, whichever file each is about."""
    words = question.partition(": ")[2]
    return bool(words) and any(other.endswith(words) for other in said)


def name_file(path: str) -> str:
    """Return the last two parts of a path, as code."""
    shown = "/".join(path_on_one_line(path).replace("`", "").split("/")[-2:])
    return f"`{shown if len(shown) <= _MOST_OF_A_PATH else f'…{shown[1 - _MOST_OF_A_PATH :]}'}`"
