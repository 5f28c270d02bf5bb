"""The rules of signals: ast-grep rules by language, rules for file names, and snippets that test them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pathspec import GitIgnoreSpec
from pydantic import AfterValidator, Field, field_validator, model_validator

from bot.domain.rubrics.flow_rules import FlowRule
from bot.domain.rubrics.flow_wording import PLACEHOLDER
from bot.domain.rubrics.frozen import Frozen

# The languages that ast-grep parses, and the suffixes of their files. ast-grep ends the process if it does
# not know a language, so it must never be given one outside this table.
LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "python": (".py", ".pyi", ".pyw"),
    "javascript": (".js", ".mjs", ".cjs", ".jsx"),
    "typescript": (".ts", ".mts", ".cts"),
    "tsx": (".tsx",),
    "go": (".go",),
    "java": (".java",),
    "hcl": (".tf",),
    "yaml": (".yaml", ".yml"),
    "json": (".json",),
    "bash": (".sh", ".bash"),
}
NOTEBOOK = ".ipynb"
# Those for which bot/domain/review/flow/grammars.py has a table.
FLOW_LANGUAGES = frozenset({"python", "javascript", "typescript", "tsx", "java"})

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*$", max_length=80)]
# Left out of a rubric's JSON if unset, so that the digests of rubrics without it stay the same.
Severity = Annotated[Literal["critical", "high"] | None, Field(exclude_if=lambda severity: severity is None)]
"""How bad a finding is. ``critical``: other people's text or the model's runs as code. ``high``: a key, a
machine or an agent is open to people who shouldn't have it. Findings without a severity come after these."""
Words = Annotated[str, Field(min_length=3, max_length=400)]


def _check_patterns(globs: tuple[str, ...]) -> tuple[str, ...]:
    try:
        GitIgnoreSpec.from_lines(globs)
    except ValueError as broken:
        raise ValueError(f"not gitignore patterns: {broken}") from None
    return globs


Patterns = Annotated[tuple[str, ...], AfterValidator(_check_patterns)]


class SyntaxRule(Frozen):
    """An ast-grep rule or a flow for one language, with the snippets that test it.

    A file is searched only if it imports one of ``imports`` (if given) and contains one of ``contains`` (if
    given). ``unless`` are rules that silence the signal if any of them matches anywhere in the file. ``cite``
    names the metavariable that is quoted (default: the whole match). ``also`` names further languages to
    which the same rule and snippets apply.
    """

    also: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    rule: dict[str, Any] = Field(default_factory=dict)
    # Left out of a document without flows, so that the digests of published versions stay as they are.
    flow: FlowRule | None = Field(default=None, exclude_if=lambda flow: flow is None)
    constraints: dict[str, Any] = Field(default_factory=dict)
    utils: dict[str, Any] = Field(default_factory=dict)
    unless: tuple[dict[str, Any], ...] = ()
    cite: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    match: Annotated[tuple[str, ...], Field(min_length=2)]
    no_match: Annotated[tuple[str, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _check_kind(self) -> "SyntaxRule":
        if (self.flow is not None and self.rule) or (
            self.flow is None and "rule" not in self.model_fields_set
        ):
            raise ValueError("it needs either `rule` or `flow`")
        if self.flow is not None and (self.constraints or self.cite):
            raise ValueError("`constraints` and `cite` are for a `rule`")
        return self


def must_be_languages(names: Iterable[str]) -> None:
    """Refuse names of languages that Sensei does not support.

    Raises:
        ValueError: a language is unsupported. The message names it and the supported ones.
    """
    if unknown := sorted(set(names) - set(LANGUAGES)):
        raise ValueError(f"unsupported language {', '.join(unknown)}; supported: {', '.join(LANGUAGES)}")


class FileSnippet(Frozen):
    """A file that tests a file rule: its path and its text."""

    path: str
    text: str


class FileRule(Frozen):
    """A file recognised by its name, and the line to quote from it.

    ``globs`` are gitignore patterns; ``line`` is a regular expression for the quoted line (default: the first
    line that is not blank).
    """

    globs: Annotated[Patterns, Field(min_length=1)]
    line: str | None = None
    match: Annotated[tuple[FileSnippet, ...], Field(min_length=2)]
    no_match: Annotated[tuple[FileSnippet, ...], Field(min_length=2)]

    @field_validator("line")
    @classmethod
    def _check_expression(cls, line: str | None) -> str | None:
        if line is not None:
            try:
                re.compile(line)
            except re.error as broken:
                raise ValueError(f"not a regular expression: {broken}") from None
        return line


class Signal(Frozen):
    """Something that can be detected without a model, and the result.

    - ``evidence``: the check is supported (``partial``, with what is ``missing``).
    - ``concern``: a fact; ``text`` states it in one sentence.
    - ``question``: a decision was made here; ask ``probe`` or, without one, the check's probe.

    ``severity`` decides which findings come first; by default, it is the anti-pattern's.
    ``where`` limits it to ``code`` (without tests) or to ``tests``, or sets no limit.
    """

    id: Id
    yields: Literal["evidence", "concern", "question"]
    text: Words | None = None
    partial: bool = False
    missing: Annotated[str, Field(max_length=120)] = ""
    probe: Words | None = None
    severity: Severity = None
    where: Literal["code", "tests", "any"] = "code"
    languages: dict[str, SyntaxRule] = Field(default_factory=dict)
    files: FileRule | None = None

    def rules(self) -> Iterator[tuple[str, SyntaxRule]]:
        """Yield each language of this signal with its rule."""
        for language, rule in self.languages.items():
            yield from ((name, rule) for name in (language, *rule.also))

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, languages: dict[str, SyntaxRule]) -> dict[str, SyntaxRule]:
        named = [*languages, *(name for rule in languages.values() for name in rule.also)]
        must_be_languages(named)
        if twice := sorted(name for name, times in Counter(named).items() if times > 1):
            raise ValueError(f"two rules for {', '.join(twice)}")
        for language, rule in languages.items():
            if rule.flow and (unfollowed := sorted({language, *rule.also} - FLOW_LANGUAGES)):
                known = ", ".join(sorted(FLOW_LANGUAGES))
                raise ValueError(f"no flows in {', '.join(unfollowed)}; supported: {known}")
        return languages

    @model_validator(mode="after")
    def _check_yield(self) -> "Signal":
        if not self.languages and self.files is None:
            raise ValueError("a signal needs a rule: `languages` or `files`")
        if not all(rule.flow for rule in self.languages.values()) and PLACEHOLDER in (self.text or ""):
            raise ValueError("`{flow}` in `text` needs a `flow` in every language")
        if self.yields == "concern" and self.text is None:
            raise ValueError("a concern needs `text`, the fact in one sentence")
        if self.partial != bool(self.missing):
            raise ValueError("`partial` and `missing` go together: partial support must say what is missing")
        if self.yields != "evidence" and self.partial:
            raise ValueError("only evidence can be partial")
        if self.yields != "question" and self.probe is not None:
            raise ValueError("only a question can have a probe of its own")
        return self
