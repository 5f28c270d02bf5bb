"""A rubric for people: what is asked, and what can be known without a model."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from bot.domain.rubric import AntiPattern, Check, Criterion, Pack, Rubric, Signal, sha256


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
        seen_in = ", ".join([*signal.languages, *(["files"] if signal.files else [])])
        yield Padding(Text(f"signal {signal.id}: {signal.yields}, in {seen_in}", "dim"), (0, 0, 0, 2))


def _sources(pack: Pack) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(f"{pack.title}: what to read", "bold"), align="left", style="dim")
    for source in pack.sources:
        yield Text(f"{source.title}: {source.settles}")
        yield Padding(Text(source.url, "dim"), (0, 0, 0, 2))
