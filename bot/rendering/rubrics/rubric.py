"""Render a rubric for a terminal: what its checks ask, and what signals detect."""

from collections import Counter
from collections.abc import Iterator

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.domain.rubrics.rubric import AntiPattern, Check, Criterion, Pack, Rubric, sha256
from bot.domain.rubrics.signal_coverage import (
    FILES,
    AntiPatternCoverage,
    count_coverage,
    coverage_columns,
    list_coverage,
)
from bot.domain.rubrics.signal_rules import Signal
from bot.rendering.text.safe_text import count, packs_phrase


def render(rubric: Rubric, packs: list[Pack]) -> RenderableType:
    """Render a rubric that includes some packs."""
    return Group(*_render_parts(rubric, packs))


def _render_parts(rubric: Rubric, packs: list[Pack]) -> Iterator[RenderableType]:
    covered = packs_phrase([pack.id for pack in packs])
    digest = f" · sha256 {sha256(rubric)[:12]} ({covered})"
    yield Text.assemble((f"{rubric.id} {rubric.version}", "bold"), digest)
    checks = sum(len(criterion.checks) for criterion in rubric.criteria)
    yield Text(
        f"{len(rubric.criteria)} criteria, {checks} checks. Milestones: {', '.join(rubric.milestones)}."
    )
    for criterion in rubric.criteria:
        yield from _render_criterion(criterion)
    for pack in packs:
        yield from _render_sources(pack)


def _render_criterion(criterion: Criterion) -> Iterator[RenderableType]:
    gate = " · gate" if criterion.gate else ""
    yield Text()
    title = f"{criterion.id} · {criterion.title} · weight {criterion.weight:g}{gate}"
    yield Rule(Text(title, "bold"), align="left", style="dim")
    yield Text(criterion.intent, "italic")
    for check in criterion.checks:
        yield from _render_check(check)
    for anti_pattern in criterion.anti_patterns:
        yield from _render_anti_pattern(anti_pattern)


def _render_check(check: Check) -> Iterator[RenderableType]:
    yield Text()
    scope = "" if check.scope == "change" else " · whole capstone"
    yield Text.assemble((check.id, "bold"), f" · level {check.level}{scope}")
    yield Padding(Text(check.ask), (0, 0, 0, 2))
    yield Padding(Text(f"“{check.probe}”", "cyan"), (0, 0, 0, 2))
    yield from _render_signals(check.signals)


def _render_anti_pattern(anti_pattern: AntiPattern) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((anti_pattern.id, "bold"), f" · counts against {anti_pattern.check}")
    yield Padding(Text(anti_pattern.text), (0, 0, 0, 2))
    yield from _render_signals(anti_pattern.signals)


def _render_signals(signals: tuple[Signal, ...]) -> Iterator[RenderableType]:
    for signal in signals:
        places = ", ".join(
            [*(language for language, _ in signal.rules()), *(["files"] if signal.files else [])]
        )
        yield Padding(Text(f"signal {signal.id}: {signal.yields}, in {places}", "dim"), (0, 0, 0, 2))


def _render_sources(pack: Pack) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(f"{pack.title}: recommended reading", "bold"), align="left", style="dim")
    for source in pack.sources:
        yield Text(f"{source.title}: {source.settles}")
        state = f"{_STATES[source.state]}, {source.checked}"
        yield Padding(Text(f"{source.url} ({state})", "dim"), (0, 0, 0, 2))


def render_summary(document: Rubric | Pack) -> RenderableType:
    """Render a short summary of what a document's signals detect, and when its sources were checked."""
    return Group(*(Padding(Text(line), (0, 0, 0, 2)) for line in _list_summary(document)))


def _list_summary(document: Rubric | Pack) -> Iterator[str]:
    seen, coverages = count_coverage(document), list_coverage(document)
    if coverages:
        unseen = sum(not coverage.seen for coverage in coverages)
        columns = ", ".join(f"{language} {seen[language]}" for language in coverage_columns(document))
        number = count(len(coverages), "anti-pattern")
        yield f"{number}. Detected by signals: {columns or 'none'}. Not detected: {unseen}."
    if gaps := sum(len(coverage.open) for coverage in coverages):
        yield f"Neither a signal nor an explanation: {gaps}. To list these gaps, use `--coverage`."
    if isinstance(document, Pack) and document.sources:
        states: Counter[str] = Counter(source.state for source in document.sources)
        numbers = ", ".join(f"{states[state]} {label}" for state, label in _STATES.items() if states[state])
        oldest = min(source.checked for source in document.sources)
        yield f"{count(len(document.sources), 'source')}: {numbers}; all checked on or after {oldest}."


_STATES = {"read": "read", "copy": "read as an archived copy", "unread": "not read"}


def render_coverage(document: Rubric | Pack) -> RenderableType:
    """Render a table of anti-patterns by language, and below it why signals cannot detect the rest."""
    columns = coverage_columns(document)
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1))
    # To fit in 80 columns, the table omits the pack's id from the anti-patterns' ids.
    table.add_column("anti-pattern", overflow="fold", min_width=24)
    for column in columns:
        table.add_column(_SHORT.get(column, column), justify="center", no_wrap=True)
    for coverage in list_coverage(document):
        table.add_row(
            coverage.anti_pattern.id.removeprefix(f"{document.id}."),
            *(_render_cell(coverage, column) for column in columns),
        )
    return Group(table, *_render_reasons(document))


_SHORT = {"python": "py", "typescript": "ts", "javascript": "js", "hcl": "tf", "bash": "sh"}


def _render_cell(coverage: AntiPatternCoverage, column: str) -> Text:
    if column in coverage.seen:
        return Text("yes", "green")
    return Text("no", "dim") if column in coverage.unseen or column == FILES else Text("?", "yellow")


def _render_reasons(document: Rubric | Pack) -> Iterator[RenderableType]:
    for coverage in list_coverage(document):
        name = (coverage.anti_pattern.id, "bold")
        by_reason: dict[str, list[str]] = {}
        for language, reason in coverage.unseen.items():
            by_reason.setdefault(reason, []).append(language)
        for reason, languages in by_reason.items():
            yield Text.assemble(name, f", not detected in {', '.join(languages)}: {reason}")
        if coverage.open:
            yield Text.assemble(name, f", {', '.join(coverage.open)}: no signal and no explanation yet")
