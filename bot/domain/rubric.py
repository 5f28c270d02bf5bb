"""Rubrics, stack packs and overlays: data that a sensei edits without touching Python.

A rubric's checks are about a capstone; a pack adds what one technology calls for; an overlay changes a
cohort's wording, weights and probes. ``effective`` lays them over one another; its canonical JSON is what a
report's ``sha256`` names, so that any past reading can be replayed.
"""

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pathspec import GitIgnoreSpec
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

# What ast-grep is asked to parse, and how a file of that language is known. ast-grep ends the process on a
# language it does not know, so nothing outside this table ever reaches it.
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "python": (".py", ".pyi"),
    "javascript": (".js", ".mjs", ".cjs", ".jsx"),
    "typescript": (".ts", ".mts", ".cts"),
    "tsx": (".tsx",),
    "go": (".go",),
    "java": (".java",),
    "hcl": (".tf",),
    "yaml": (".yaml", ".yml"),
    "json": (".json",),
}

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*$", max_length=80)]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Words = Annotated[str, Field(min_length=3, max_length=400)]
Level = Annotated[int, Field(ge=1, le=4)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SyntaxRule(_Model):
    """An ast-grep rule for one language, with the snippets that prove it.

    A file is looked at only if it imports one of ``imports`` (when given) and contains one of ``contains``
    (when given). ``unless`` are rules that silence the signal when any matches anywhere in the file. ``cite``
    names the metavariable that is quoted (default: the whole match).
    """

    imports: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    rule: dict[str, Any]
    constraints: dict[str, Any] = Field(default_factory=dict)
    utils: dict[str, Any] = Field(default_factory=dict)
    unless: tuple[dict[str, Any], ...] = ()
    cite: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    match: Annotated[tuple[str, ...], Field(min_length=2)]
    no_match: Annotated[tuple[str, ...], Field(min_length=2)]


class FileSnippet(_Model):
    """A file that proves a file rule: its path and its text."""

    path: str
    text: str


class FileRule(_Model):
    """A file known by its name, and the line of it that is quoted.

    ``globs`` are gitignore patterns; ``line`` is a regular expression for the quoted line (default: the first
    line that is not blank).
    """

    globs: Annotated[tuple[str, ...], Field(min_length=1)]
    line: str | None = None
    match: Annotated[tuple[FileSnippet, ...], Field(min_length=2)]
    no_match: Annotated[tuple[FileSnippet, ...], Field(min_length=2)]

    @field_validator("globs")
    @classmethod
    def _are_patterns(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        try:
            GitIgnoreSpec.from_lines(globs)
        except ValueError as broken:
            raise ValueError(f"not gitignore patterns: {broken}") from None
        return globs

    @field_validator("line")
    @classmethod
    def _compiles(cls, line: str | None) -> str | None:
        if line is not None:
            try:
                re.compile(line)
            except re.error as broken:
                raise ValueError(f"not a regular expression: {broken}") from None
        return line


class Signal(_Model):
    """Something that can be known without a model, and what it yields.

    - ``evidence``: the check is supported (``partial``, with what is ``missing``).
    - ``concern``: a fact; ``text`` states it in one sentence.
    - ``question``: a decision was made here; its check's probe, or ``probe``, is asked.

    ``where`` limits it to ``code`` (tests left out), to ``tests``, or to neither.
    """

    id: Id
    yields: Literal["evidence", "concern", "question"]
    text: Words | None = None
    partial: bool = False
    missing: Annotated[str, Field(max_length=120)] = ""
    probe: Words | None = None
    where: Literal["code", "tests", "any"] = "code"
    languages: dict[str, SyntaxRule] = Field(default_factory=dict)
    files: FileRule | None = None

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, languages: dict[str, SyntaxRule]) -> dict[str, SyntaxRule]:
        if unknown := sorted(set(languages) - set(LANGUAGES)):
            raise ValueError(f"unsupported language {', '.join(unknown)}; supported: {', '.join(LANGUAGES)}")
        return languages

    @model_validator(mode="after")
    def _says_what_it_yields(self) -> "Signal":
        if not self.languages and self.files is None:
            raise ValueError("a signal needs a rule: `languages` or `files`")
        if self.yields == "concern" and self.text is None:
            raise ValueError("a concern needs `text`, the fact in one sentence")
        if self.partial != bool(self.missing):
            raise ValueError("`partial` and `missing` go together: a partial support says what is missing")
        if self.yields != "evidence" and self.partial:
            raise ValueError("only evidence can be partial")
        if self.yields != "question" and self.probe is not None:
            raise ValueError("only a question can have a probe of its own")
        return self


class Check(_Model):
    """One thing that a capstone can show. ``scope`` says whether a single change can settle it."""

    id: Id
    level: Level
    scope: Literal["change", "capstone"]
    ask: Words
    probe: Words
    signals: tuple[Signal, ...] = ()


class AntiPattern(_Model):
    """Something that speaks against a check of its criterion."""

    id: Id
    text: Words
    check: Id
    signals: tuple[Signal, ...] = ()


class Anchor(_Model):
    """A sensei's code-free paraphrase of a ruling; bound to a cohort."""

    level: Annotated[int, Field(ge=0, le=4)]
    text: Words
    reason: Words


class Criterion(_Model):
    """One of the qualities that a capstone is read for. A ``gate`` criterion must reach ``gate_level``."""

    id: Id
    title: Words
    weight: Annotated[float, Field(gt=0, le=1)]
    gate: bool = False
    intent: Words
    quality_attributes: Annotated[tuple[str, ...], Field(min_length=1)]
    checks: Annotated[tuple[Check, ...], Field(min_length=1)]
    anti_patterns: tuple[AntiPattern, ...] = ()
    anchors: tuple[Anchor, ...] = ()


class ScaleLevel(_Model):
    """A level's name and meaning."""

    level: Annotated[int, Field(ge=0, le=4)]
    name: Words
    means: Words | None = None


class Rubric(_Model):
    """A versioned rubric; immutable once published."""

    schema_: Literal["dojo.rubric/v1"] = Field(alias="schema")
    id: Id
    version: Version
    scale: Annotated[tuple[ScaleLevel, ...], Field(min_length=5, max_length=5)]
    milestones: Annotated[tuple[Id, ...], Field(min_length=1)]
    gate_level: Level = 2
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Detect(_Model):
    """How a stack is known: Python imports, text in source files, names of dependencies."""

    imports: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()


class Source(_Model):
    """What a participant should read, and what it settles."""

    title: Words
    url: Annotated[str, Field(pattern=r"^https://")]
    settles: Words


class Additions(_Model):
    """What a pack adds to one criterion of a rubric; ``signals`` go onto checks that the rubric has."""

    checks: tuple[Check, ...] = ()
    anti_patterns: tuple[AntiPattern, ...] = ()
    signals: dict[str, tuple[Signal, ...]] = Field(default_factory=dict)


class Pack(_Model):
    """What one technology calls for."""

    schema_: Literal["dojo.stack/v1"] = Field(alias="schema")
    id: Id
    version: Version
    title: Words
    detect: Detect
    sources: tuple[Source, ...] = ()
    criteria: dict[str, Additions]


class CriterionWording(_Model):
    """A cohort's own wording and weight of a criterion."""

    title: Words | None = None
    intent: Words | None = None
    weight: Annotated[float, Field(gt=0, le=1)] | None = None


class CheckWording(_Model):
    """A cohort's own wording and probe of a check."""

    ask: Words | None = None
    probe: Words | None = None


class Overlay(_Model):
    """What a cohort changes in a rubric: wording, weights, probes; nothing else."""

    schema_: Literal["dojo.overlay/v1"] = Field(alias="schema")
    rubric: Id
    criteria: dict[str, CriterionWording] = Field(default_factory=dict)
    checks: dict[str, CheckWording] = Field(default_factory=dict)
    anti_patterns: dict[str, Words] = Field(default_factory=dict)


class Library(NamedTuple):
    """A rubric in a cohort's words, and every pack of this installation."""

    rubric: Rubric
    packs: tuple[Pack, ...]


class Problem(NamedTuple):
    """Something wrong in a document: where (keys and indexes from its root) and what."""

    where: tuple[str | int, ...]
    what: str


Owner = Check | AntiPattern


def owners(criteria: Iterable[Criterion]) -> Iterator[tuple[Criterion, Owner]]:
    """Yield each check and anti-pattern with its criterion, in the rubric's order."""
    for criterion in criteria:
        for check in criterion.checks:
            yield criterion, check
        for anti_pattern in criterion.anti_patterns:
            yield criterion, anti_pattern


def problems(rubric: Rubric) -> list[Problem]:
    """Find what a rubric's parts cannot see of one another: duplicates, weights, references."""
    found = [
        *_duplicates((("criteria", c), x.id) for c, x in enumerate(rubric.criteria)),
        *_duplicates(_ids(rubric)),
    ]
    total = sum(criterion.weight for criterion in rubric.criteria)
    if not math.isclose(total, 1, abs_tol=1e-6):
        found.append(Problem(("criteria",), f"the weights sum to {total:g}; they must sum to 1"))
    for c, criterion in enumerate(rubric.criteria):
        checks = {check.id for check in criterion.checks}
        found.extend(
            Problem(
                ("criteria", c, "anti_patterns", a, "check"),
                f"{anti.check} is not a check of {criterion.id}; it has {', '.join(sorted(checks))}",
            )
            for a, anti in enumerate(criterion.anti_patterns)
            if anti.check not in checks
        )
    return found


def _ids(rubric: Rubric) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for c, criterion in enumerate(rubric.criteria):
        for kind in ("checks", "anti_patterns"):
            for o, owner in enumerate(getattr(criterion, kind)):
                yield ("criteria", c, kind, o, "id"), owner.id
                for s, signal in enumerate(owner.signals):
                    yield ("criteria", c, kind, o, "signals", s, "id"), signal.id


def _duplicates(ids: Iterable[tuple[tuple[str | int, ...], str]]) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for where, name in ids:
        if seen[name]:
            yield Problem(where, f"the id {name} is used twice")
        seen[name] += 1


def with_packs(rubric: Rubric, packs: Iterable[Pack]) -> Rubric:
    """Return the rubric with each pack's checks, anti-patterns and signals in their criteria, packs by id."""
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    for pack in sorted(packs, key=lambda pack: pack.id):
        for name, additions in pack.criteria.items():
            if name in criteria:  # a rubric need not have every criterion a pack speaks to
                criteria[name] = _extended(criteria[name], additions)
    return rubric.model_copy(update={"criteria": tuple(criteria.values())})


def own_signals(pack: Pack) -> Iterator[str]:
    """Yield the ids of the signals that a pack brings."""
    for additions in pack.criteria.values():
        lists = [owner.signals for owner in additions.checks]
        lists += [owner.signals for owner in additions.anti_patterns]
        lists += additions.signals.values()
        yield from (signal.id for signals in lists for signal in signals)


def asks(library: Library) -> dict[str, str]:
    """Return what each check asks, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: check.ask for criterion in criteria for check in criterion.checks}


def criterion_of(library: Library) -> dict[str, str]:
    """Return each check's criterion, by their ids, for the rubric and every pack of a library."""
    criteria = with_packs(library.rubric, library.packs).criteria
    return {check.id: criterion.id for criterion in criteria for check in criterion.checks}


def _extended(criterion: Criterion, additions: Additions) -> Criterion:
    checks = tuple(
        check.model_copy(update={"signals": check.signals + additions.signals.get(check.id, ())})
        for check in criterion.checks
    )
    known = {check.id for check in (*checks, *additions.checks)}
    # A rubric of one's own need not have every check that a pack's anti-patterns speak against.
    anti_patterns = tuple(anti for anti in additions.anti_patterns if anti.check in known)
    return criterion.model_copy(
        update={
            "checks": checks + additions.checks,
            "anti_patterns": criterion.anti_patterns + anti_patterns,
        }
    )


def pack_problems(pack: Pack, rubric: Rubric) -> list[Problem]:
    """Find what a pack says about criteria and checks that the rubric does not have, and id clashes."""
    found: list[Problem] = []
    known = {criterion.id: {check.id for check in criterion.checks} for criterion in rubric.criteria}
    for name, additions in pack.criteria.items():
        if name not in known:
            found.append(Problem(("criteria", name), f"the rubric {rubric.id} has no criterion {name}"))
            continue
        found.extend(
            Problem(("criteria", name, "signals", check), f"{name} has no check {check}")
            for check in additions.signals
            if check not in known[name]
        )
        here = known[name] | {check.id for check in additions.checks}
        found.extend(
            Problem(("criteria", name, "anti_patterns", a, "check"), f"{anti.check} is not a check of {name}")
            for a, anti in enumerate(additions.anti_patterns)
            if anti.check not in here
        )
    taken = {problem.what for problem in problems(rubric)}
    found.extend(
        Problem(("criteria",), problem.what)
        for problem in problems(with_packs(rubric, [pack]))
        if problem.what not in taken
    )
    return found


def overlay_problems(overlay: Overlay, rubric: Rubric) -> list[Problem]:
    """Find what an overlay names that its rubric does not have, and weights that no longer sum to 1."""
    if overlay.rubric != rubric.id:
        return [Problem(("rubric",), f"this overlay is for {overlay.rubric}, not for {rubric.id}")]
    known = {
        "criteria": {criterion.id for criterion in rubric.criteria},
        "checks": {owner.id for _, owner in owners(rubric.criteria) if isinstance(owner, Check)},
        "anti_patterns": {owner.id for _, owner in owners(rubric.criteria) if isinstance(owner, AntiPattern)},
    }
    found = [
        Problem((kind, name), f"the rubric {rubric.id} has no {noun} {name}")
        for (kind, names), noun in zip(known.items(), ("criterion", "check", "anti-pattern"), strict=True)
        for name in getattr(overlay, kind)
        if name not in names
    ]
    if not found:
        found = [Problem(("criteria",), problem.what) for problem in problems(with_overlay(rubric, overlay))]
    return found


def with_overlay(rubric: Rubric, overlay: Overlay) -> Rubric:
    """Return the rubric in a cohort's own words. The overlay must have no ``overlay_problems``."""

    def check(one: Check) -> Check:
        wording = overlay.checks.get(one.id)
        return one.model_copy(update=wording.model_dump(exclude_none=True)) if wording else one

    def anti_pattern(one: AntiPattern) -> AntiPattern:
        return one.model_copy(update={"text": overlay.anti_patterns.get(one.id, one.text)})

    def criterion(one: Criterion) -> Criterion:
        wording = overlay.criteria.get(one.id, CriterionWording())
        return one.model_copy(
            update={
                **wording.model_dump(exclude_none=True),
                "checks": tuple(map(check, one.checks)),
                "anti_patterns": tuple(map(anti_pattern, one.anti_patterns)),
            }
        )

    return rubric.model_copy(update={"criteria": tuple(map(criterion, rubric.criteria))})


def canonical(rubric: Rubric) -> str:
    """Return the one JSON text of a rubric that its ``sha256`` is taken of."""
    return json.dumps(
        rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def sha256(rubric: Rubric) -> str:
    """Return the SHA-256 of a rubric's canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(rubric).encode()).hexdigest()
