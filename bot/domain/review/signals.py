"""Run signals: patterns that find facts, evidence and questions in a file without a model.

A signal without a hit proves nothing. ``SignalScanner`` prepares all signals of a rubric once, and runs them
over one text at a time. It parses a file for a signal only if the file imports one of its libraries.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

from ast_grep_py import Config, Range, SgNode, SgRoot
from pathspec import GitIgnoreSpec

from bot.domain.review.flow.search import Flow, FlowSearch
from bot.domain.review.inert_words import ActiveCode, blank_out_inert_line
from bot.domain.review.notebooks import notebook_code
from bot.domain.review.shebang import shebang_language
from bot.domain.review.source_imports import imported_modules
from bot.domain.review.syntax_trees import parse_source
from bot.domain.rubrics.flow_wording import PLACEHOLDER, describe_flow
from bot.domain.rubrics.rubric import AntiPattern, Check, Criterion, signal_owners
from bot.domain.rubrics.signal_rules import LANGUAGES, NOTEBOOK, FileRule, Signal, SyntaxRule

_TEST = re.compile(
    r"(?:^|/)(?:(?:[\w.]+[-_])?tests?|evals?|e2e|__tests__|__mocks__|testing|testdata)/|(?:^|/)(?:test_[^/]*|conftest)\.py$"
    r"|_test\.\w+$|\.(?:test|spec)\.\w+$"
)

Span = tuple[int, int]


class Match(NamedTuple):
    """The span that a rule quotes and, if the rule follows a text, the flow."""

    span: Span
    flow: Flow | None = None


# A rule's expression may take time quadratic in a line's length. Lines written by people are shorter.
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class ArmedSignal:
    """A signal with its place in the rubric. Its hits support ``check`` or, for a concern, weaken it."""

    signal: Signal
    check: Check
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class SignalHit:
    """A match of a signal. ``start`` and ``end`` are offsets into the scanned text.

    If the signal follows a text, ``flow`` is its way to these offsets.
    """

    armed: ArmedSignal
    start: int
    end: int
    flow: Flow | None = None

    def describe(self, text: str) -> str:
        """Return the fact that the signal states about this place in a text, or an empty string."""
        stated = self.armed.signal.text or ""
        if self.flow is None or PLACEHOLDER not in stated:
            return stated
        line = text.count("\n", 0, self.flow.steps[0][0]) + 1
        here = text.count("\n", 0, self.start) + 1
        words = describe_flow(self.flow.label, self.flow.variable, line if line != here else None)
        return stated.replace(PLACEHOLDER, words)


def arm_signals(criteria: Iterable[Criterion]) -> list[ArmedSignal]:
    """List all signals of some criteria, each with its check, in the rubric's order."""
    armed = []
    for criterion, owner in signal_owners(criteria):
        check = owner if isinstance(owner, Check) else _check_of_anti_pattern(criterion, owner)
        armed += [ArmedSignal(signal, check, criterion) for signal in owner.signals]
    return armed


def _check_of_anti_pattern(criterion: Criterion, anti_pattern: AntiPattern) -> Check:
    # Always found: an anti-pattern whose check is missing is refused on loading, or dropped by with_packs.
    return next(check for check in criterion.checks if check.id == anti_pattern.check)


def shows_stack_in_use(signal: Signal) -> bool:
    """Return whether a hit of a pack's signal shows that the pack's technology is used.

    Facts and questions are always about the technology. Evidence, such as a timeout, shows it only if the
    signal's rules require an import.
    """
    return signal.yields != "evidence" or (
        signal.files is None and all(rule.imports for _, rule in signal.rules())
    )


def detect_language(path: str, text: str = "") -> str | None:
    """Return the ast-grep language of a path by its file extension, or None.

    Without an extension, the first line of the text may name the program that runs it.
    """
    lower = path.lower()
    named = next((name for name, endings in LANGUAGES.items() if lower.endswith(endings)), None)
    return named or (shebang_language(text) if _has_no_ending(path) else None)


def _has_no_ending(path: str) -> bool:
    return "." not in path.rpartition("/")[2].lstrip(".")


def is_test_path(path: str) -> bool:
    """Return whether a path belongs to tests or evals rather than to the system itself."""
    return _TEST.search(path) is not None


class SignalScanner:
    """All signals of a rubric, ready to run."""

    def __init__(self, signals: Sequence[ArmedSignal]) -> None:
        self._by_language: dict[str, list[tuple[ArmedSignal, SyntaxRule]]] = {}
        for armed in signals:
            for language, rule in armed.signal.rules():
                self._by_language.setdefault(language, []).append((armed, rule))
        self._by_name = [
            (armed, _compile_globs(armed.signal.files)) for armed in signals if armed.signal.files
        ]

    def scan(self, path: str, text: str) -> Iterator[SignalHit]:
        """Yield the hits of all signals in a file or, for a notebook, in its code."""
        in_test = is_test_path(path)
        if path.lower().endswith(NOTEBOOK):
            if code := notebook_code(text):
                for hit in self._scan_syntax(code.language, code.text, in_test):
                    yield _move(hit, code.span)
        elif language := detect_language(path, text):
            yield from self._scan_syntax(language, text, in_test)
        for armed, globs in self._by_name:
            rule = armed.signal.files
            if rule and _applies_to(armed.signal, in_test) and globs.match_file(path):
                spans = _match_file(armed.signal, rule, path, text)
                yield from (SignalHit(armed, *span) for span in spans)

    def _scan_syntax(self, language: str, text: str, in_test: bool) -> Iterator[SignalHit]:
        rules = self._by_language.get(language)
        if not rules:
            return
        modules = imported_modules(text, language)
        code: ActiveCode | None = None
        search: FlowSearch | None = None
        stated: dict[str, list[Span]] = {}
        # Flows come last: what a simpler signal already states about the same place is enough.
        for armed, rule in sorted(rules, key=lambda armed_rule: armed_rule[1].flow is not None):
            if _applies_to(armed.signal, in_test) and is_worth_parsing(rule, modules, text):
                if code is None or search is None:
                    root = parse_source(text, language)
                    if root is None:
                        return
                    code, search = ActiveCode(text, language, root), FlowSearch(root, language)
                for match in _match_code(armed.signal, rule, code, search):
                    known = stated.setdefault(armed.check.id, [])
                    if match.flow and any(_overlap(match.span, span) for span in known):
                        continue
                    if armed.signal.yields == "concern":
                        known.append(match.span)
                    yield SignalHit(armed, *match.span, match.flow)

    def cares_for(self, path: str) -> bool:
        """Return whether any signal could have a hit in a file with this name."""
        if path.lower().endswith(NOTEBOOK) or _has_no_ending(path):
            return True
        language = detect_language(path)
        return bool(language and self._by_language.get(language)) or any(
            globs.match_file(path) for _, globs in self._by_name
        )


def _applies_to(signal: Signal, in_test: bool) -> bool:
    return signal.where == "any" or (signal.where == "tests") == in_test


def _compile_globs(rule: FileRule | None) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(rule.globs if rule else ())


def is_worth_parsing(rule: SyntaxRule, modules: frozenset[str], text: str) -> bool:
    """Return whether a text has the words, and its imports include the modules, that a rule requires."""
    if rule.imports and modules.isdisjoint(rule.imports):
        return False
    return not rule.contains or any(word in text for word in rule.contains)


def match_syntax(rule: SyntaxRule, root: SgNode, search: FlowSearch) -> list[Match]:
    """Return the spans that a rule quotes in a parsed text, sorted and without duplicates."""
    flows = search.find(rule.flow) if rule.flow else []
    nodes = [] if rule.flow else root.find_all(_make_config(rule))
    if not (nodes or flows) or any(
        root.find(cast("Config", {"rule": unless, "utils": rule.utils})) for unless in rule.unless
    ):
        return []
    if flows:
        return [Match(flow.sink, flow) for flow in flows]
    spans = set()
    for node in nodes:
        cited = node.get_match(rule.cite) if rule.cite else None
        spans.add(_to_span((cited or node).range()))
    return [Match(span) for span in sorted(spans)]


def _overlap(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _move(hit: SignalHit, span: Callable[[int, int], Span]) -> SignalHit:
    """Return a hit in a notebook's code as a hit in the notebook."""
    flow = hit.flow and replace(hit.flow, steps=tuple(span(*step) for step in hit.flow.steps))
    return SignalHit(hit.armed, *span(hit.start, hit.end), flow)


def _match_code(signal: Signal, rule: SyntaxRule, code: ActiveCode, search: FlowSearch) -> list[Match]:
    """Return what a signal quotes in code. Evidence must not consist of inert words."""
    matches = match_syntax(rule, code.root, search)
    if not matches or rule.flow or signal.yields != "evidence":  # a flow follows expressions, not words
        return matches
    plain = code.without_inert_words(keep_asserted=signal.where == "tests")
    active = {match.span for match in match_syntax(rule, plain, search)}
    return [match for match in matches if match.span in active]


def _match_file(signal: Signal, rule: FileRule, path: str, text: str) -> list[Span]:
    """Return the spans that a signal quotes in a file. Evidence must not consist of inert words."""
    spans = match_lines(rule, text)
    if rule.line is None or signal.yields != "evidence":
        return spans
    pattern = re.compile(rule.line)
    return [span for span in spans if pattern.search(blank_out_inert_line(path, text[slice(*span)]))]


def match_lines(rule: FileRule, text: str) -> list[Span]:
    """Return the spans of the lines that a file rule quotes.

    These are all matching lines or, if the rule has no pattern, the first non-blank line.
    """
    pattern = re.compile(rule.line if rule.line is not None else r"\S")
    spans, start = [], 0
    for line in text.split("\n"):
        if len(line) <= _LONGEST_LINE and pattern.search(line):
            spans.append((start, start + len(line)))
            if rule.line is None:
                break
        start += len(line) + 1
    return spans


def _to_span(matched: Range) -> Span:
    return matched.start.index, matched.end.index


def _make_config(rule: SyntaxRule) -> Config:
    parts: dict[str, Any] = {"rule": rule.rule}
    if rule.constraints:
        parts["constraints"] = rule.constraints
    if rule.utils:
        parts["utils"] = rule.utils
    return cast("Config", parts)


def find_rule_error(rule: SyntaxRule, language: str) -> str | None:
    """Return ast-grep's error for a rule on one line, or None if the rule is valid."""
    root = SgRoot("", language).root()
    try:
        if rule.flow is None:
            root.find_all(_make_config(rule))
        for unless in rule.unless:
            root.find_all(cast("Config", {"rule": unless, "utils": rule.utils}))
    except Exception as refused:  # noqa: BLE001 - ast-grep raises bare Exceptions and RuntimeErrors
        causes = re.findall(r"^ +\d+: (.+)$", str(refused).partition("Stack backtrace")[0], re.MULTILINE)
        return " ".join(causes or [str(refused).splitlines()[0]])[:300]
    return None


def find_snippet_errors(signal: Signal) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Run a signal's snippets. Yield the location and the error of each wrong result."""
    for language, rule in signal.rules():
        location: tuple[str | int, ...] = ("languages", _declared_language(signal, language))
        if error := find_rule_error(rule, language):
            yield (*location, "rule"), f"ast-grep refuses this rule: {error}"
            continue
        for number, snippet in enumerate(rule.match):
            if not _rule_matches(signal, rule, language, snippet):
                yield (
                    (*location, "match", number),
                    f"{signal.id} does not match this {language} snippet, but should",
                )
        for number, snippet in enumerate(rule.no_match):
            if _rule_matches(signal, rule, language, snippet):
                yield (
                    (*location, "no_match", number),
                    f"{signal.id} matches this {language} snippet, but should not",
                )
    if signal.files:
        yield from _find_file_errors(signal, signal.files)


def _rule_matches(signal: Signal, rule: SyntaxRule, language: str, text: str) -> bool:
    modules = imported_modules(text, language)
    if not is_worth_parsing(rule, modules, text):
        return False
    root = SgRoot(text, language).root()
    return bool(_match_code(signal, rule, ActiveCode(text, language, root), FlowSearch(root, language)))


def _declared_language(signal: Signal, language: str) -> str:
    return next(name for name, rule in signal.languages.items() if language == name or language in rule.also)


def _find_file_errors(signal: Signal, rule: FileRule) -> Iterator[tuple[tuple[str | int, ...], str]]:
    globs = _compile_globs(rule)

    def matches(path: str, text: str) -> bool:
        return globs.match_file(path) and bool(_match_file(signal, rule, path, text))

    for number, file in enumerate(rule.match):
        if not matches(file.path, file.text):
            yield ("files", "match", number), f"{signal.id} does not match {file.path}, but should"
    for number, file in enumerate(rule.no_match):
        if matches(file.path, file.text):
            yield ("files", "no_match", number), f"{signal.id} matches {file.path}, but should not"
