"""Render a report for a terminal, in 80 columns. No meaning depends on colour."""

from collections.abc import Iterator, Mapping

from rich.cells import chop_cells
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Citation, Movement, Report
from bot.rendering.text.safe_text import (
    FACTS_EXPLAINED,
    count,
    coverage_sentence,
    describe_bearing,
    describe_mode,
    group_facts,
    group_skipped_files,
    incomplete_sentence,
    left_out_sentence,
    list_first,
    list_untold_movements,
    movement_outcome,
    no_question_sentence,
    not_assessed_sentence,
    one_line,
    place_name,
    short_revision,
    stack_signs,
    stack_titles,
    visible,
)

# Maximum number of places listed for a fact. The JSON has all of them.
MOST_PLACES = 4


def render(report: Report, asks: Mapping[str, str]) -> RenderableType:
    """Return the report for rich to print. ``asks`` has the text of each check by its id."""
    return Group(*_report_parts(remove_refused_texts(report), asks))


def _report_parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    yield from _heading_parts(report)
    yield from _fact_parts(report, asks)
    yield from _question_parts(report)
    yield from _strength_parts(report)
    yield from _movement_parts(report, asks)
    yield from _coverage_parts(report)


def _heading_parts(report: Report) -> Iterator[RenderableType]:
    yield Text.assemble(("Sensei", "bold"), f" · first pass · {describe_mode(report.mode)}")
    subject = (
        f"whole tree at {short_revision(report.head)}"
        if report.kind == "baseline"
        else f"{short_revision(report.base)} → {short_revision(report.head)}"
    )
    rubric = f"rubric {report.rubric.id} {report.rubric.version}"
    yield Text(f"{subject} · {rubric} · stacks: {stack_titles(report)}", "dim")
    if not report.complete:
        yield Text()
        yield Text(f"Incomplete. {incomplete_sentence(report)}", "bold yellow")
        for reason in report.incomplete_because[:MOST_PLACES]:
            yield item("- ", Text(one_line(reason)))
        if (more := len(report.incomplete_because) - MOST_PLACES) > 0:
            yield item("- ", Text(f"and {more:,} more"))


def title(words: str) -> Iterator[RenderableType]:
    """Yield the heading of a section."""
    yield Text()
    yield Rule(Text(words, "bold"), align="left", style="dim", characters="─")


def _fact_parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    if groups := group_facts(report):
        yield from (*title(f"Facts ({len(groups)})"), Text(), below(Text(FACTS_EXPLAINED, "dim")))
    for number, concerns in enumerate(groups, 1):
        yield Text()
        yield item(f"{number:2}. ", Text(visible(concerns[0].text), "bold"))
        yield from _quote_parts(concerns[0].citation)
        if len(concerns) > 1:
            places = [place_name(concern.citation) for concern in concerns[1:]]
            yield below(Text(f"also {list_first(places, MOST_PLACES)}", "dim"))
        if concerns[0].check:
            bearing = describe_bearing(report, concerns).lower()
            yield below(Text(f"{bearing} {_check_name(concerns[0].check, asks)}", "dim"))


def _check_name(check: str, asks: Mapping[str, str]) -> str:
    """Return a check's id, and what it asks if the rubric has it."""
    return f"{check}, which asks: {asks[check]}" if check in asks else check


def _question_parts(report: Report) -> Iterator[RenderableType]:
    if report.kind == "baseline":
        return
    if not report.questions:
        yield from title("Questions")
        yield Text()
        yield item("    ", Text(no_question_sentence(report)))
        return
    yield from title(f"Questions ({len(report.questions)})")
    for number, question in enumerate(report.questions, 1):
        yield Text()
        yield item(f"{number:2}. ", Text(visible(question.text), "bold cyan"))
        yield from _quote_parts(question.citation)
        if question.check:
            yield below(Text(f"relates to {question.check}", "dim"))


def _strength_parts(report: Report) -> Iterator[RenderableType]:
    if report.strengths:
        yield from title("Strengths")
    for strength in report.strengths:
        yield Text()
        yield item("    ", Text(visible(strength.text)))
        yield from _quote_parts(strength.citation)


def _movement_parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    movements = list_untold_movements(report)
    if not movements:
        return
    yield from title("Checks supported or weakened")
    for movement in sorted(movements, key=lambda movement: movement.direction):
        yield Text()
        sign = ("+", "green") if movement.direction == "supports" else ("-", "yellow")
        yield item(Text.assemble(" ", sign, "  "), _describe_movement(movement, asks))
        yield below(
            Text(list_first([place_name(citation) for citation in movement.citations], MOST_PLACES), "dim")
        )


def _describe_movement(movement: Movement, asks: Mapping[str, str]) -> Text:
    outcome = movement_outcome(movement)
    text = Text.assemble((movement.check, "bold"), f" {outcome} ({asks.get(movement.check, '')})")
    if movement.missing:
        text.append(f" Missing: {visible(movement.missing)}.", "dim")
    return text


def _coverage_parts(report: Report) -> Iterator[RenderableType]:
    yield from title("What was read")
    yield Text()
    yield Text(coverage_sentence(report))
    if sentence := left_out_sentence(report):
        yield Text(f"  {sentence}", "dim")
    for reason, paths in group_skipped_files(report).items():
        yield Text(
            f"  {count(len(paths), 'file')} not read: {one_line(reason)} ({list_first(paths, 3)})", "dim"
        )
    for stack, signs in stack_signs(report).items():
        yield Text(f"  Uses {one_line(stack)}: {list_first(signs, 3)}", "dim")
    yield Text(not_assessed_sentence(report), "dim")


def _quote_parts(citation: Citation) -> Iterator[RenderableType]:
    yield below(Text(place_name(citation), "dim"))
    yield Padding(_Quote(visible(citation.quote)), (0, 0, 0, 4))


class _Quote:
    """Quoted lines behind a bar, which is repeated where a long line wraps."""

    def __init__(self, text: str) -> None:
        self._lines = [line.expandtabs(4) for line in text.split("\n")]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            for part in chop_cells(line, max(1, options.max_width - 2)) or [""]:
                yield Text("│ " + part, no_wrap=True)


def item(mark: str | Text, text: Text) -> RenderableType:
    """Return a text with a mark before it. Wrapped lines are indented to the right of the mark."""
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True, width=4)
    grid.add_column(ratio=1)
    grid.add_row(mark, text)
    return grid


def below(text: Text) -> RenderableType:
    """Return a text indented to continue an ``item``."""
    return Padding(text, (0, 0, 0, 4))
