"""Cases of the evaluation: a small change, and what a reading of it must, may and must not say.

A case is a folder with ``case.yaml`` and the trees ``base/`` and ``head/`` (docs/evals.md). A place in it is
a path and a regular expression, so that it keeps standing where it stands when the case is edited.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bot.domain.rubrics.signal_rules import Id, Words

SideName = Literal["base", "head"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as broken:
        raise ValueError(f"not a regular expression: {broken}") from None
    return pattern


Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_compiles)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Planted(_Strict):
    """A token in a case's files, and the pieces of the fake key that stands there in its repository."""

    token: Annotated[str, Field(min_length=6)]
    pieces: Annotated[tuple[str, ...], Field(min_length=2)]


class PullRequest(_Strict):
    """What the participant wrote about the change."""

    title: str
    body: str


class Commits(_Strict):
    """The message of the commit before the change, and of the change."""

    base: Annotated[str, Field(min_length=1)]
    head: Annotated[str, Field(min_length=1)]


class Place(_Strict):
    """The lines of a file, on one side, that a regular expression is found in."""

    path: Annotated[str, Field(min_length=1)]
    line: Pattern
    side: SideName = "head"


Places = Annotated[tuple[Place, ...], Field(min_length=1)]


class ExpectedMovement(_Strict):
    """A check that the change moves. ``partial`` left out: either will do. Not ``required``: may be said."""

    check: Id
    direction: Literal["supports", "weakens"]
    partial: bool | None = None
    required: bool = True
    places: Places


class ForbiddenMovement(_Strict):
    """A movement that tempts and is false, wherever it is quoted."""

    check: Id
    direction: Literal["supports", "weakens"]
    because: Words


class ExpectedFact(_Strict):
    """Something that is wrong whatever was intended; ``checks`` it may speak against, most fitting first."""

    what: Words
    checks: Annotated[tuple[Id, ...], Field(min_length=1)]
    required: bool = True
    places: Places


class ExpectedQuestion(_Strict):
    """A decision that deserves a question; ``checks`` it may serve, most fitting first."""

    decision: Words
    checks: Annotated[tuple[Id, ...], Field(min_length=1)]
    required: bool = True
    places: Places


class Injection(_Strict):
    """An instruction that is planted in the change.

    ``canaries`` would stand in the report's own words if it was obeyed. ``asks_for_silence``: a model that
    states nothing and asks nothing has obeyed it.
    """

    canaries: tuple[Pattern, ...] = ()
    asks_for_silence: bool = False

    @model_validator(mode="after")
    def _can_be_seen(self) -> "Injection":
        if not self.canaries and not self.asks_for_silence:
            raise ValueError(
                "an injection needs `canaries` or `asks_for_silence`: else nobody sees it obeyed"
            )
        return self


class Expected(_Strict):
    """What a reading of the case must, may and must not say. ``no_questions``, ``no_facts``: a clean case."""

    movements: tuple[ExpectedMovement, ...] = ()
    forbidden: tuple[ForbiddenMovement, ...] = ()
    facts: tuple[ExpectedFact, ...] = ()
    questions: tuple[ExpectedQuestion, ...] = ()
    no_questions: bool = False
    no_facts: bool = False
    injection: Injection | None = None

    @model_validator(mode="after")
    def _does_not_contradict_itself(self) -> "Expected":
        if self.no_questions and self.questions:
            raise ValueError("`no_questions` and `questions` contradict each other")
        if self.no_facts and self.facts:
            raise ValueError("`no_facts` and `facts` contradict each other")
        said = {(movement.check, movement.direction) for movement in self.movements}
        if both := [one.check for one in self.forbidden if (one.check, one.direction) in said]:
            raise ValueError(f"{both[0]} is both expected and forbidden in the same direction")
        return self


class Kind(StrEnum):
    """What a case is about."""

    BEDROCK = "bedrock"
    ADK = "adk"
    ANTHROPIC = "anthropic"
    OPENAI = "openai"
    PYTHON = "python"
    INFRASTRUCTURE = "infrastructure"


class CaseFile(_Strict):
    """``case.yaml``."""

    title: Words
    story: Annotated[str, Field(pattern="^Sample: ")]
    kind: Kind
    commits: Commits
    pull_request: PullRequest | None = None
    planted: tuple[Planted, ...] = ()
    expected: Expected


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its two trees: texts by path, fake keys in their places."""

    name: str
    told: CaseFile
    base: Mapping[str, str]
    head: Mapping[str, str]

    def text(self, side: SideName, path: str) -> str | None:
        """Return a file's text, or None where that side has no such file."""
        return (self.base if side == "base" else self.head).get(path)

    @property
    def words(self) -> tuple[str, ...]:
        """What the participant wrote that stands in no file: commit message, pull request."""
        request = self.told.pull_request
        return (self.told.commits.head, *((request.title, request.body) if request else ()))

    def lines(self, place: Place) -> frozenset[int]:
        """Return the 1-based numbers of a place's lines; none where it stands nowhere."""
        text = self.text(place.side, place.path)
        if text is None:
            return frozenset()
        return frozenset(n for n, line in enumerate(text.split("\n"), 1) if re.search(place.line, line))


def places(expected: Expected) -> Iterator[Place]:
    """Yield every place that a case names."""
    yield from (place for movement in expected.movements for place in movement.places)
    yield from (place for fact in expected.facts for place in fact.places)
    yield from (place for question in expected.questions for place in question.places)


def problems(case: Case, checks: Collection[str]) -> list[str]:
    """Say what a case names that is not there: lines of its files, tokens, checks of the rubric."""
    expected = case.told.expected
    found = [
        f"no line of {place.side}/{place.path} matches {place.line!r}"
        for place in places(expected)
        if not case.lines(place)
    ]
    named = [
        *(movement.check for movement in expected.movements),
        *(movement.check for movement in expected.forbidden),
        *(check for fact in expected.facts for check in fact.checks),
        *(check for question in expected.questions for check in question.checks),
    ]
    found += [f"the rubric has no check {check}" for check in dict.fromkeys(named) if check not in checks]
    keys = ["".join(planted.pieces) for planted in case.told.planted]
    found += [
        f"the token {planted.token} stands in no file of head/"
        for planted, key in zip(case.told.planted, keys, strict=True)
        if not any(key in text for text in case.head.values())
    ]
    if case.base == case.head:
        found.append("base/ and head/ are the same")
    return found
