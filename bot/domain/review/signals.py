"""Signals: what can be known of a file without a model.

A signal finds; it never says "no" because it found nothing. ``SignalScanner`` prepares every signal of a
rubric once and runs them over one text at a time: a file that imports none of a signal's libraries is not
parsed for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ast_grep_py import Config, Range, SgNode, SgRoot
from pathspec import GitIgnoreSpec

from bot.domain.review.notebooks import notebook_code
from bot.domain.review.shebang import run_by
from bot.domain.review.source_imports import imported_modules
from bot.domain.review.syntax_trees import parse_source
from bot.domain.rubrics.rubric import AntiPattern, Check, Criterion, owners
from bot.domain.rubrics.signal_rules import LANGUAGES, NOTEBOOK, FileRule, Signal, SyntaxRule

_TEST = re.compile(
    r"(?:^|/)(?:(?:[\w.]+[-_])?tests?|evals?|e2e|__tests__|__mocks__|testing|testdata)/|(?:^|/)(?:test_[^/]*|conftest)\.py$"
    r"|_test\.\w+$|\.(?:test|spec)\.\w+$"
)

Span = tuple[int, int]

# A rule's expression may be quadratic in a line; no line that a person wrote is longer.
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class ArmedSignal:
    """A signal in its place in the rubric: ``check`` is the one it speaks for or, as a concern, against."""

    signal: Signal
    check: Check
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class SignalHit:
    """A signal found something: ``start`` and ``end`` are offsets into the text that was scanned."""

    armed: ArmedSignal
    start: int
    end: int


def armed(criteria: Iterable[Criterion]) -> list[ArmedSignal]:
    """List every signal of some criteria with its check, in the rubric's order."""
    found = []
    for criterion, owner in owners(criteria):
        check = owner if isinstance(owner, Check) else _spoken_against(criterion, owner)
        found += [ArmedSignal(signal, check, criterion) for signal in owner.signals]
    return found


def _spoken_against(criterion: Criterion, anti_pattern: AntiPattern) -> Check:
    # Loading has refused an anti-pattern without its check, and with_packs leaves it out.
    return next(check for check in criterion.checks if check.id == anti_pattern.check)


def shows_its_stack(signal: Signal) -> bool:
    """Say whether a find of a pack's signal shows that its technology is used.

    Facts and questions are about it; evidence such as a timeout only where its rules ask for an import of it.
    """
    return signal.yields != "evidence" or (
        signal.files is None and all(rule.imports for _, rule in signal.rules())
    )


def language_of(path: str, text: str = "") -> str | None:
    """Return the ast-grep language of a path by its ending, or None.

    Where its name has no ending, the first line of its text says by which program it is run.
    """
    lower = path.lower()
    named = next((name for name, endings in LANGUAGES.items() if lower.endswith(endings)), None)
    return named or (run_by(text) if _has_no_ending(path) else None)


def _has_no_ending(path: str) -> bool:
    return "." not in path.rpartition("/")[2].lstrip(".")


def is_test(path: str) -> bool:
    """Say whether a path holds tests or evals rather than the system itself."""
    return _TEST.search(path) is not None


class SignalScanner:
    """Every signal of a rubric, ready to run."""

    def __init__(self, signals: Sequence[ArmedSignal]) -> None:
        self._by_language: dict[str, list[tuple[ArmedSignal, SyntaxRule]]] = {}
        for one in signals:
            for language, rule in one.signal.rules():
                self._by_language.setdefault(language, []).append((one, rule))
        self._by_name = [(one, _globs(one.signal.files)) for one in signals if one.signal.files]

    def scan(self, path: str, text: str) -> Iterator[SignalHit]:
        """Yield what every signal finds in one file; in a notebook, in its code."""
        test = is_test(path)
        if path.lower().endswith(NOTEBOOK):
            if code := notebook_code(text):
                for hit in self._scan_syntax(code.language, code.text, test):
                    yield SignalHit(hit.armed, *code.span(hit.start, hit.end))
        elif language := language_of(path, text):
            yield from self._scan_syntax(language, text, test)
        for one, globs in self._by_name:
            rule = one.signal.files
            if rule and _belongs(one.signal, test) and globs.match_file(path):
                yield from (SignalHit(one, *span) for span in match_lines(rule, text))

    def _scan_syntax(self, language: str, text: str, test: bool) -> Iterator[SignalHit]:
        rules = self._by_language.get(language)
        if not rules:
            return
        modules = imported_modules(text, language)
        root: SgNode | None = None
        for one, rule in rules:
            if _belongs(one.signal, test) and worth_parsing(rule, modules, text):
                root = root or parse_source(text, language)
                if root is None:
                    return
                yield from (SignalHit(one, *span) for span in match_syntax(rule, root))

    def cares_for(self, path: str) -> bool:
        """Say whether any signal could find anything in a file of this name."""
        if path.lower().endswith(NOTEBOOK) or _has_no_ending(path):
            return True
        language = language_of(path)
        return bool(language and self._by_language.get(language)) or any(
            globs.match_file(path) for _, globs in self._by_name
        )


def _belongs(signal: Signal, test: bool) -> bool:
    return signal.where == "any" or (signal.where == "tests") == test


def _globs(rule: FileRule | None) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(rule.globs if rule else ())


def worth_parsing(rule: SyntaxRule, modules: frozenset[str], text: str) -> bool:
    """Say whether a text that imports some modules has the imports and the words that a rule asks for."""
    if rule.imports and modules.isdisjoint(rule.imports):
        return False
    return not rule.contains or any(word in text for word in rule.contains)


def match_syntax(rule: SyntaxRule, root: SgNode) -> list[Span]:
    """Return the spans that a rule quotes in a parsed text, in order, none twice."""
    nodes = root.find_all(_config(rule))
    if not nodes or any(
        root.find(cast("Config", {"rule": unless, "utils": rule.utils})) for unless in rule.unless
    ):
        return []
    spans = set()
    for node in nodes:
        cited = node.get_match(rule.cite) if rule.cite else None
        spans.add(_span((cited or node).range()))
    return sorted(spans)


def match_lines(rule: FileRule, text: str) -> list[Span]:
    """Return the span of each line that a file rule quotes: all that match, or the first not blank."""
    pattern = re.compile(rule.line if rule.line is not None else r"\S")
    spans, start = [], 0
    for line in text.split("\n"):
        if len(line) <= _LONGEST_LINE and pattern.search(line):
            spans.append((start, start + len(line)))
            if rule.line is None:
                break
        start += len(line) + 1
    return spans


def _span(found: Range) -> Span:
    return found.start.index, found.end.index


def _config(rule: SyntaxRule) -> Config:
    parts: dict[str, Any] = {"rule": rule.rule}
    if rule.constraints:
        parts["constraints"] = rule.constraints
    if rule.utils:
        parts["utils"] = rule.utils
    return cast("Config", parts)


def rule_error(rule: SyntaxRule, language: str) -> str | None:
    """Return what is wrong with a rule that ast-grep refuses, in one line, or None."""
    root = SgRoot("", language).root()
    try:
        root.find_all(_config(rule))
        for unless in rule.unless:
            root.find_all(cast("Config", {"rule": unless, "utils": rule.utils}))
    except Exception as refused:  # noqa: BLE001 - ast-grep raises bare Exceptions and RuntimeErrors
        causes = re.findall(r"^ +\d+: (.+)$", str(refused).partition("Stack backtrace")[0], re.MULTILINE)
        return " ".join(causes or [str(refused).splitlines()[0]])[:300]
    return None


def snippet_errors(signal: Signal) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Run a signal's snippets; yield the place of each that does not do what it stands for."""
    for language, rule in signal.rules():
        where: tuple[str | int, ...] = ("languages", _written_for(signal, language))
        if error := rule_error(rule, language):
            yield (*where, "rule"), f"ast-grep refuses this rule: {error}"
            continue
        for n, snippet in enumerate(rule.match):
            if not _syntax_hits(rule, language, snippet):
                yield (*where, "match", n), f"{signal.id} does not match this {language} snippet, and should"
        for n, snippet in enumerate(rule.no_match):
            if _syntax_hits(rule, language, snippet):
                yield (*where, "no_match", n), f"{signal.id} matches this {language} snippet, and should not"
    if signal.files:
        yield from _file_errors(signal, signal.files)


def _syntax_hits(rule: SyntaxRule, language: str, text: str) -> bool:
    modules = imported_modules(text, language)
    return worth_parsing(rule, modules, text) and bool(match_syntax(rule, SgRoot(text, language).root()))


def _written_for(signal: Signal, language: str) -> str:
    return next(name for name, rule in signal.languages.items() if language == name or language in rule.also)


def _file_errors(signal: Signal, rule: FileRule) -> Iterator[tuple[tuple[str | int, ...], str]]:
    globs = _globs(rule)

    def hits(path: str, text: str) -> bool:
        return globs.match_file(path) and bool(match_lines(rule, text))

    for n, file in enumerate(rule.match):
        if not hits(file.path, file.text):
            yield ("files", "match", n), f"{signal.id} does not match {file.path}, and should"
    for n, file in enumerate(rule.no_match):
        if hits(file.path, file.text):
            yield ("files", "no_match", n), f"{signal.id} matches {file.path}, and should not"
