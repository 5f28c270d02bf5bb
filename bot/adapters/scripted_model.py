"""A model for evaluations that follows a script instead of reading."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bot.domain.evals import scripted_answers
from bot.domain.evals.cases import Case
from bot.domain.evals.scripted_answers import Document
from bot.domain.evals.scripts import Script
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage

# An item of the second call, or a proposal of the one that combines parts: one JSON object per line.
_NUMBERED = re.compile(r'^\{"n": (\d+), "kind": "([a-z]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ScriptedModel:
    """Answers about one case as its script says. Implements ``ports.model.Model``.

    ``checks`` are the ids of all checks of the rubric.
    """

    script: Script
    case: Case
    checks: Sequence[str]

    @property
    def provider(self) -> str:
        """Return "scripted", because no provider is asked."""
        return "scripted"

    @property
    def id(self) -> str:
        """Return the script's name."""
        return str(self.script)

    def ask(self, request: ModelRequest) -> ModelAnswer:
        """Return the script's answer at no cost."""
        return ModelAnswer(
            CallOutcome.ANSWERED, self._answer(request), "", Usage(), usd=0.0, reused=True, attempts=0
        )

    def _answer(self, request: ModelRequest) -> Document:
        match request.purpose:
            case "challenge":
                numbers = [number for number, _ in _find_numbered(request)]
                return scripted_answers.answer_challenge(self.script, self.case, numbers)
            case "reduce":
                by_kind: dict[str, list[int]] = {}
                for number, kind in _find_numbered(request):
                    by_kind.setdefault(kind, []).append(number)
                return scripted_answers.answer_reduce(by_kind)
            case _:
                return scripted_answers.answer_read(self.script, self.case, self.checks)


def _find_numbered(request: ModelRequest) -> Iterator[tuple[int, str]]:
    """Yield the number and kind of each item, from whichever part of the request lists them."""
    for part in asdict(request).values():
        for text in part if isinstance(part, tuple) else (part,):
            if isinstance(text, str):
                yield from ((int(number), kind) for number, kind in _NUMBERED.findall(text))
