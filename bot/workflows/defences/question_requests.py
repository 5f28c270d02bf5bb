"""Build the request with which a model words the questions of a defence. The places are data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.defences.answer_schema import SCHEMA
from bot.domain.defences.question_choice import DefencePlace
from bot.domain.review.prompts import Prompt
from bot.domain.rubrics.rubric import Rubric
from bot.domain.secrets.detection import Redactor
from bot.ports.model import ModelRequest
from bot.workflows.review.model_requests import format_section

_AROUND, _MOST_OF_A_LINE = 20, 200
"""Lines before and after a quote, and characters of each."""


@dataclass(frozen=True, slots=True)
class PlaceInCode:
    """A place, with the lines around it. ``around`` has no secrets."""

    place: DefencePlace
    around: str

    @classmethod
    def of(cls, place: DefencePlace, text: str) -> "PlaceInCode":
        """Take the lines around a place from its file's text."""
        first = max(0, place.citation.line_start - 1 - _AROUND)
        lines = text.split("\n")[first : place.citation.line_end + _AROUND]
        redactor = Redactor()
        redactor.learn(text)
        return cls(place, redactor.redact("\n".join(line[:_MOST_OF_A_LINE] for line in lines)))

    @property
    def shown(self) -> str:
        """Return all of the code that a model is shown."""
        return f"{self.place.citation.path}\n{self.place.citation.quote}\n{self.around}"


def build_defence_request(prompt: Prompt, rubric: Rubric, places: Sequence[PlaceInCode]) -> ModelRequest:
    """Ask for a question about each place."""
    scale = "\n".join(
        f"- {level.level}, {level.name}{f': {level.means}' if level.means else ''}" for level in rubric.scale
    )
    items = [_format_place(number, place) for number, place in enumerate(places, start=1)]
    return ModelRequest(
        purpose="defence",
        prompt=prompt.id,
        prompt_version=prompt.version,
        prompt_sha256=prompt.sha256,
        rubric_version=rubric.version,
        system=prompt.render(scale=scale),
        user=format_section("items", items),
        schema=SCHEMA,
        max_tokens=prompt.max_tokens,
        effort=prompt.effort,
    )


def _format_place(number: int, found: PlaceInCode) -> Mapping[str, Any]:
    cited = found.place.citation
    return {
        "n": number,
        "criterion": found.place.criterion.title,
        "check": found.place.check.ask,
        "probe": found.place.check.probe,
        "path": cited.path,
        "lines": f"{cited.line_start}-{cited.line_end}",
        "code": cited.quote,
        "around": found.around,
    }
