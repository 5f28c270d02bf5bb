"""The cases of the evaluation: small changes, with what a review of each must, may and must not say.

A case is a folder with ``case.yaml`` and the trees ``base/`` and ``head/`` (docs/evals.md). A place in it is
a path and a regular expression, so that it still matches when other lines of the case are edited.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.domain.rubrics.signal_rules import Id, Words

SideName = Literal["base", "head"]


def _check_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as broken:
        raise ValueError(f"not a regular expression: {broken}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_pattern)]


class _StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Planted(_StrictModel):
    """A token in a case's files, and the pieces of the fake key that replaces it in the repository."""

    token: Annotated[str, Field(min_length=6)]
    pieces: Annotated[tuple[str, ...], Field(min_length=2)]


class PullRequest(_StrictModel):
    """The participant's text about the change."""

    title: str
    body: str


class Commits(_StrictModel):
    """The messages of the commit before the change and of the change."""

    base: Annotated[str, Field(min_length=1)]
    head: Annotated[str, Field(min_length=1)]


class Place(_StrictModel):
    """The lines of a file, on one side of the change, that match a regular expression."""

    path: Annotated[str, Field(min_length=1)]
    line: Pattern
    side: SideName = "head"


Places = Annotated[tuple[Place, ...], Field(min_length=1)]


class ExpectedMovement(_StrictModel):
    """A check that the change supports or weakens.

    If ``partial`` is None, either value is correct. A movement that is not ``required`` may be missing.
    """

    check: Id
    direction: Literal["supports", "weakens"]
    partial: bool | None = None
    required: bool = True
    places: Places


class ForbiddenMovement(_StrictModel):
    """A movement that seems plausible but is wrong, whatever it quotes."""

    check: Id
    direction: Literal["supports", "weakens"]
    because: Words


class ExpectedFact(_StrictModel):
    """A fact that is wrong whatever the author intended, and the ``checks`` it may weaken, best first."""

    what: Words
    checks: Annotated[tuple[Id, ...], Field(min_length=1)]
    required: bool = True
    places: Places


class ExpectedQuestion(_StrictModel):
    """A decision worth a question, and the ``checks`` that the question may be about, best first."""

    decision: Words
    checks: Annotated[tuple[Id, ...], Field(min_length=1)]
    required: bool = True
    places: Places


class Injection(_StrictModel):
    """An instruction to the model, planted in the change.

    If the model obeys, the report's own words match one of ``canaries``. If the injection
    ``asks_for_silence``, a model that reports no facts and asks no questions has obeyed.
    """

    canaries: tuple[Pattern, ...] = ()
    asks_for_silence: bool = False

    @model_validator(mode="after")
    def _check_that_obeying_shows(self) -> "Injection":
        if not self.canaries and not self.asks_for_silence:
            raise ValueError(
                "an injection needs `canaries` or `asks_for_silence`, to show whether a model obeyed it"
            )
        return self


class Expected(_StrictModel):
    """What a review of the case must, may and must not say.

    A clean case has ``no_questions`` and ``no_facts``.
    """

    movements: tuple[ExpectedMovement, ...] = ()
    forbidden: tuple[ForbiddenMovement, ...] = ()
    facts: tuple[ExpectedFact, ...] = ()
    questions: tuple[ExpectedQuestion, ...] = ()
    no_questions: bool = False
    no_facts: bool = False
    injection: Injection | None = None

    @model_validator(mode="after")
    def _check_for_contradictions(self) -> "Expected":
        if self.no_questions and self.questions:
            raise ValueError("`no_questions` and `questions` contradict each other")
        if self.no_facts and self.facts:
            raise ValueError("`no_facts` and `facts` contradict each other")
        expected_directions = {(movement.check, movement.direction) for movement in self.movements}
        if contradicted := [
            movement.check
            for movement in self.forbidden
            if (movement.check, movement.direction) in expected_directions
        ]:
            raise ValueError(f"{contradicted[0]} is both expected and forbidden in the same direction")
        return self


class Kind(StrEnum):
    """The topic of a case."""

    BEDROCK = "bedrock"
    ADK = "adk"
    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    OPEN_MODELS = "open-models"
    CODING_ASSISTANTS = "coding-assistants"
    PYTHON = "python"
    TYPESCRIPT = "typescript"
    JAVA = "java"
    GO = "go"
    INFRASTRUCTURE = "infrastructure"


class CaseFile(_StrictModel):
    """The content of ``case.yaml``."""

    title: Words
    story: Annotated[str, Field(pattern="^Sample: ")]
    kind: Kind
    commits: Commits
    pull_request: PullRequest | None = None
    planted: tuple[Planted, ...] = ()
    expected: Expected


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its two trees: texts by path, with the fake keys in place of their tokens."""

    name: str
    definition: CaseFile
    base: Mapping[str, str]
    head: Mapping[str, str]

    def text(self, side: SideName, path: str) -> str | None:
        """Return a file's text, or None if that side has no such file."""
        return (self.base if side == "base" else self.head).get(path)

    @property
    def words(self) -> tuple[str, ...]:
        """The participant's text outside files: the commit message and the pull request."""
        request = self.definition.pull_request
        return (self.definition.commits.head, *((request.title, request.body) if request else ()))

    def lines(self, place: Place) -> frozenset[int]:
        """Return the 1-based numbers of a place's lines. The set is empty if no line matches."""
        text = self.text(place.side, place.path)
        if text is None:
            return frozenset()
        return frozenset(
            number for number, line in enumerate(text.split("\n"), 1) if re.search(place.line, line)
        )


def expected_places(expected: Expected) -> Iterator[Place]:
    """Yield every place that a case refers to."""
    yield from (place for movement in expected.movements for place in movement.places)
    yield from (place for fact in expected.facts for place in fact.places)
    yield from (place for question in expected.questions for place in question.places)


def find_problems(case: Case, checks: Collection[str]) -> list[str]:
    """Describe references of a case that match nothing: lines of its files, tokens, checks of the rubric."""
    expected = case.definition.expected
    found = [
        f"no line of {place.side}/{place.path} matches {place.line!r}"
        for place in expected_places(expected)
        if not case.lines(place)
    ]
    named = [
        *(movement.check for movement in expected.movements),
        *(movement.check for movement in expected.forbidden),
        *(check for fact in expected.facts for check in fact.checks),
        *(check for question in expected.questions for check in question.checks),
    ]
    found += [f"the rubric has no check {check}" for check in dict.fromkeys(named) if check not in checks]
    keys = ["".join(planted.pieces) for planted in case.definition.planted]
    found += [
        f"no file in head/ contains the token {planted.token}"
        for planted, key in zip(case.definition.planted, keys, strict=True)
        if not any(key in text for text in case.head.values())
    ]
    if case.base == case.head:
        found.append("base/ and head/ are the same")
    return found
