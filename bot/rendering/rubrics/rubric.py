"""A rubric for people: what is asked, and what can be known without a model."""

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
    languages,
    list_coverage,
)
from bot.domain.rubrics.signal_rules import Signal
from bot.rendering.text.safe_text import count


def render(rubric: Rubric, packs: list[Pack]) -> RenderableType:
    """Return what rich prints of a rubric that has some packs in it."""
    return Group(*_parts(rubric, packs))


def _parts(rubric: Rubric, packs: list[Pack]) -> Iterator[RenderableType]:
    yield Text.assemble((f"{rubric.id} {rubric.version}", "bold"), f" · sha256 {sha256(rubric)[:12]}")
    checks = sum(len(criterion.checks) for criterion in rubric.criteria)
    yield Text(
        f"{len(rubric.criteria)} criteria, {checks} checks. Milestones: {', '.join(rubric.milestones)}."
    )
    for criterion in rubric.criteria:
        yield from _criterion(criterion)
    for pack in packs:
        yield from _sources(pack)


def _criterion(criterion: Criterion) -> Iterator[RenderableType]:
    gate = " · gate" if criterion.gate else ""
    yield Text()
    title = f"{criterion.id} · {criterion.title} · weight {criterion.weight:g}{gate}"
    yield Rule(Text(title, "bold"), align="left", style="dim")
    yield Text(criterion.intent, "italic")
    for check in criterion.checks:
        yield from _check(check)
    for anti_pattern in criterion.anti_patterns:
        yield from _anti_pattern(anti_pattern)


def _check(check: Check) -> Iterator[RenderableType]:
    yield Text()
    scope = "" if check.scope == "change" else " · whole capstone"
    yield Text.assemble((check.id, "bold"), f" · level {check.level}{scope}")
    yield Padding(Text(check.ask), (0, 0, 0, 2))
    yield Padding(Text(f"“{check.probe}”", "cyan"), (0, 0, 0, 2))
    yield from _signals(check.signals)


def _anti_pattern(anti_pattern: AntiPattern) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((anti_pattern.id, "bold"), f" · speaks against {anti_pattern.check}")
    yield Padding(Text(anti_pattern.text), (0, 0, 0, 2))
    yield from _signals(anti_pattern.signals)


def _signals(signals: tuple[Signal, ...]) -> Iterator[RenderableType]:
    for signal in signals:
        seen_in = ", ".join(
            [*(language for language, _ in signal.rules()), *(["files"] if signal.files else [])]
        )
        yield Padding(Text(f"signal {signal.id}: {signal.yields}, in {seen_in}", "dim"), (0, 0, 0, 2))


def _sources(pack: Pack) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(f"{pack.title}: what to read", "bold"), align="left", style="dim")
    for source in pack.sources:
        yield Text(f"{source.title}: {source.settles}")
        state = f"{_STATES[source.state]}, {source.checked}"
        yield Padding(Text(f"{source.url} ({state})", "dim"), (0, 0, 0, 2))


def summary(document: Rubric | Pack) -> RenderableType:
    """Return a few lines on what a document's signals see, and how far its sources were checked."""
    return Group(*(Padding(Text(line), (0, 0, 0, 2)) for line in _summary(document)))


def _summary(document: Rubric | Pack) -> Iterator[str]:
    seen, all_of = count_coverage(document), list_coverage(document)
    if all_of:
        blind = sum(not sight.seen for sight in all_of)
        where = ", ".join(f"{language} {seen[language]}" for language in languages(document))
        yield f"{count(len(all_of), 'anti-pattern')}, seen in {where or 'nothing'}; {blind} by no signal."
    if gaps := sum(len(sight.open) for sight in all_of):
        yield f"{count(gaps, 'gap')} without a reason: `--coverage` lists them."
    if isinstance(document, Pack) and document.sources:
        states: Counter[str] = Counter(source.state for source in document.sources)
        words = ", ".join(f"{states[state]} {said}" for state, said in _STATES.items() if states[state])
        oldest = min(source.checked for source in document.sources)
        yield f"{count(len(document.sources), 'source')}: {words}; the oldest check is of {oldest}."


_STATES = {"read": "read", "copy": "read as an archived copy", "unread": "not read by anyone here"}


def coverage(document: Rubric | Pack) -> RenderableType:
    """Return a table of anti-patterns by language, and below it why the gaps are gaps."""
    columns = languages(document)
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1))
    # Narrow enough for 80 columns: each id in a pack begins with the pack's own.
    table.add_column("anti-pattern", overflow="fold", min_width=24)
    for column in columns:
        table.add_column(_SHORT.get(column, column), justify="center", no_wrap=True)
    for sight in list_coverage(document):
        table.add_row(
            sight.anti_pattern.id.removeprefix(f"{document.id}."),
            *(_cell(sight, column) for column in columns),
        )
    return Group(table, *_reasons(document))


_SHORT = {"python": "py", "typescript": "ts", "javascript": "js", "hcl": "tf", "bash": "sh"}


def _cell(sight: AntiPatternCoverage, column: str) -> Text:
    if column in sight.seen:
        return Text("yes", "green")
    return Text("no", "dim") if column in sight.unseen or column == FILES else Text("?", "yellow")


def _reasons(document: Rubric | Pack) -> Iterator[RenderableType]:
    for sight in list_coverage(document):
        by_reason: dict[str, list[str]] = {}
        for language, reason in sight.unseen.items():
            by_reason.setdefault(reason, []).append(language)
        for reason, blind in by_reason.items():
            yield Text.assemble((sight.anti_pattern.id, "bold"), f", not in {', '.join(blind)}: {reason}")
        if sight.open:
            gaps = ", ".join(sight.open)
            yield Text.assemble((sight.anti_pattern.id, "bold"), f", {gaps}: no signal and no reason yet")
