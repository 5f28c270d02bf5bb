"""Rubrics, stack packs and overlays: data that a sensei can edit without touching Python.

A rubric has the checks for a capstone. A pack adds what one technology needs. An overlay changes a cohort's
wording, weights and probes. ``overlays`` applies packs and overlays to a rubric. A report's ``sha256`` is the
digest of the resulting rubric's canonical JSON, so that any past reading can be replayed.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.domain.rubrics.frozen import Frozen
from bot.domain.rubrics.signal_rules import Id, Patterns, Severity, Signal, Words, must_be_languages

Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Level = Annotated[int, Field(ge=1, le=4)]


def _check_languages(names: tuple[str, ...]) -> tuple[str, ...]:
    must_be_languages(names)
    return names


class Check(Frozen):
    """One quality that a capstone can show. ``scope`` says whether a single change is enough to judge it.

    ``document``: a design document can say it, before there is code.
    """

    id: Id
    level: Level
    scope: Literal["change", "capstone"]
    ask: Words
    probe: Words
    document: Annotated[bool, Field(exclude_if=lambda marked: not marked)] = False  # as if older packs had it
    signals: tuple[Signal, ...] = ()


Languages = Annotated[tuple[str, ...], AfterValidator(_check_languages)]


class AntiPattern(Frozen):
    """A pattern that counts against a check of its criterion.

    ``unseen`` says why no signal can detect it: in one language, or (``any``) in each language without a
    signal.
    """

    id: Id
    text: Words
    check: Id
    severity: Severity = None
    signals: tuple[Signal, ...] = ()
    unseen: dict[str, Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> "AntiPattern":
        must_be_languages(self.unseen.keys() - {"any"})
        seen = {language for signal in self.signals for language, _ in signal.rules()}
        if both := sorted(seen & self.unseen.keys()):
            raise ValueError(
                f"a signal detects it in {', '.join(both)}, but `unseen` says that no signal can"
            )
        return self


class Anchor(Frozen):
    """A sensei's summary of a ruling, without code, for one cohort."""

    level: Annotated[int, Field(ge=0, le=4)]
    text: Words
    reason: Words


class Criterion(Frozen):
    """A quality for which a capstone is read. A ``gate`` criterion must reach ``gate_level``."""

    id: Id
    title: Words
    weight: Annotated[float, Field(gt=0, le=1)]
    gate: bool = False
    intent: Words
    quality_attributes: Annotated[tuple[str, ...], Field(min_length=1)]
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    anti_patterns: tuple[AntiPattern, ...] = ()
    anchors: tuple[Anchor, ...] = ()


class ScaleLevel(Frozen):
    """A level's name and meaning."""

    level: Annotated[int, Field(ge=0, le=4)]
    name: Words
    means: Words | None = None


class Rubric(Frozen):
    """A versioned rubric, immutable once published. Its signals aim to cover ``languages``."""

    schema_: Literal["dojo.rubric/v1"] = Field(alias="schema")
    id: Id
    version: Version
    scale: Annotated[tuple[ScaleLevel, ...], Field(min_length=5, max_length=5)]
    milestones: Annotated[tuple[Id, ...], Field(min_length=1)]
    gate_level: Level = 2
    languages: Languages = ()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


Ecosystem = Literal["python", "npm", "go", "maven"]


class Detect(Frozen):
    """How a technology is recognised: by imports in code, by dependencies, and by configuration.

    - ``imports``: modules, by language (``typescript`` stands for JavaScript as well); anything below a
      module counts as that module.
    - ``contains``: words in code that are specific to this technology.
    - ``dependencies``: names in dependency files, by ecosystem; a Maven name is ``group:artifact``, a Go
      name a module's path without its version.
    - ``infrastructure``: words in Terraform, CloudFormation, Kubernetes, Compose and workflow files, in
      container files and scripts.
    - ``files``: gitignore patterns of files that are specific to this technology.
    """

    imports: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    contains: tuple[str, ...] = ()
    dependencies: dict[Ecosystem, tuple[str, ...]] = Field(default_factory=dict)
    infrastructure: tuple[str, ...] = ()
    files: Patterns = ()

    @field_validator("imports")
    @classmethod
    def _check_languages(cls, imports: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        must_be_languages(imports)
        return imports


class Source(Frozen):
    """A source that a participant should read, and what it settles.

    ``state`` says how it was verified on the day ``checked``: the page itself was ``read``, or only an
    archived ``copy`` was, or it is ``unread``.
    """

    title: Words
    url: Annotated[str, Field(pattern=r"^https://")]
    settles: Words
    checked: date
    state: Literal["read", "copy", "unread"]


class Additions(Frozen):
    """A pack's additions to one criterion of a rubric. ``signals`` belong to checks of the rubric."""

    checks: tuple[Check, ...] = ()
    anti_patterns: tuple[AntiPattern, ...] = ()
    signals: dict[str, tuple[Signal, ...]] = Field(default_factory=dict)


class Pack(Frozen):
    """Additional checks for one technology. Its signals aim to cover ``languages``, in which it is used."""

    schema_: Literal["dojo.stack/v1"] = Field(alias="schema")
    id: Id
    version: Version
    title: Words
    languages: Annotated[Languages, Field(min_length=1)]
    detect: Detect
    sources: tuple[Source, ...] = ()
    criteria: dict[str, Additions]


class CriterionWording(Frozen):
    """A cohort's own wording and weight of a criterion."""

    title: Words | None = None
    intent: Words | None = None
    weight: Annotated[float, Field(gt=0, le=1)] | None = None


class CheckWording(Frozen):
    """A cohort's own wording and probe of a check."""

    ask: Words | None = None
    probe: Words | None = None


class Overlay(Frozen):
    """A cohort's changes to a rubric: only wording, weights and probes."""

    schema_: Literal["dojo.overlay/v1"] = Field(alias="schema")
    rubric: Id
    criteria: dict[str, CriterionWording] = Field(default_factory=dict)
    checks: dict[str, CheckWording] = Field(default_factory=dict)
    anti_patterns: dict[str, Words] = Field(default_factory=dict)


class Library(NamedTuple):
    """A rubric in a cohort's wording, and all packs of this installation."""

    rubric: Rubric
    packs: tuple[Pack, ...]


def find_title(library: Library, check: str) -> str:
    """Return the title of a check's criterion; an empty string if neither rubric nor packs have the check."""
    for criterion in library.rubric.criteria:
        added = [pack.criteria[criterion.id] for pack in library.packs if criterion.id in pack.criteria]
        checks = [*criterion.checks, *(known for additions in added for known in additions.checks)]
        if any(known.id == check for known in checks):
            return criterion.title
    return ""


class DocumentProblem(NamedTuple):
    """A problem in a document: its place (keys and indexes from the root) and a description."""

    place: tuple[str | int, ...]
    message: str


Owner = Check | AntiPattern


def signal_owners(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, Owner]]:
    """Yield each check and anti-pattern with its criterion, in the rubric's order."""
    for criterion in criteria:
        for check in criterion.checks:
            yield criterion, check
        for anti_pattern in criterion.anti_patterns:
            yield criterion, anti_pattern


def canonical_json(rubric: Rubric) -> str:
    """Return the canonical JSON text of a rubric, for its ``sha256``."""
    return json.dumps(
        rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def sha256(rubric: Rubric) -> str:
    """Return the SHA-256 of a rubric's canonical JSON, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(rubric).encode()).hexdigest()
