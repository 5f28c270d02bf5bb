"""What a check-in asks: a model's question if the guardrails let it pass, else the rubric's."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.check_ins.topics import TopicPlace
from bot.domain.decisions.records import Decision
from bot.domain.guardrails import model_wording
from bot.domain.guardrails.model_wording import Grounds, ShownText
from bot.domain.guardrails.person_names import hide_project
from bot.domain.review.code_questions import list_about_choice, list_after_fact
from bot.domain.review.lenient_values import as_line
from bot.domain.review.paths import path_on_one_line

MOST_WORDS = 45
"""Maximum words of a question. The prompt asks for 35."""
_MOST_OF_A_PATH = 80
_STILL_HOLDS = "Does the decision still hold, or is there another one now?"
_CODE = re.compile(r"`[^`]*`|\bthis code\b")
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


def choose_plain_question(
    place: TopicPlace, probe: str, said: Collection[str] = (), *, with_models_words: bool
) -> str:
    """Return what may be asked about a place without a model, beginning with the file, or an empty string.

    Nothing is asked again that was ``said`` lately. Of what a model has said about the place before, nothing
    is used unless ``with_models_words``.
    """
    named = f"In {name_file(place.path)}: "
    found = place.says
    is_usable = place.by_signal or with_models_words
    if found.fact and not found.question and is_usable:
        asked = _ask_after_fact(place, said)
        return f"{named}{found.fact} {asked}" if asked else ""
    new = (words for words in _list_words(place, probe, is_usable=is_usable) if not _is_said(words, said))
    return next((f"{named}{words}" for words in new), "")


def _list_words(place: TopicPlace, probe: str, *, is_usable: bool) -> Sequence[str]:
    """Return what can be asked about a place for which no fact is stated, the best first."""
    if place.says.question and is_usable:
        return [place.says.question]
    if place.says.direction == "supports":
        # A test makes no choice that somebody could question without reading it.
        return [] if place.is_test else list_about_choice(place.quote, place.fingerprint)
    return [probe] if probe else []


def _ask_after_fact(place: TopicPlace, said: Collection[str]) -> str:
    """Return what is asked after a fact, if possible in other words than lately.

    A fact that was stated lately isn't stated again.
    """
    if any(_bare(place.says.fact) in _bare(other) for other in said):
        return ""
    wordings = list_after_fact(place.quote, place.fingerprint)
    return next((words for words in wordings if not _is_said(words, said)), wordings[0])


def ask_about_decision(decision: Decision, path: str, *, is_gone: bool) -> str:
    """Return the question about a decision that may no longer hold, with its number and without its title."""
    asked = _REOPENED if decision.texts.get(Slot.REVISIT) else _STILL_HOLDS
    number, file = decision.number, name_file(path)
    if is_gone:
        return f"The code that decision {number} is about is no longer in {file} as it was. {asked}"
    return f"A change that you've merged to {file} touches what decision {number} says. {asked}"


def _is_said(words: str, said: Collection[str]) -> bool:
    """Return whether some questions end with these words, whichever file and code each is about."""
    return any(_bare(other).endswith(_bare(words)) for other in said)


def _bare(words: str) -> str:
    """Return words without the code that they name."""
    return _CODE.sub("``", words)


def name_file(path: str) -> str:
    """Return the last two parts of a path, as code."""
    shown = "/".join(path_on_one_line(path).replace("`", "").split("/")[-2:])
    return f"`{shown if len(shown) <= _MOST_OF_A_PATH else f'…{shown[1 - _MOST_OF_A_PATH :]}'}`"
