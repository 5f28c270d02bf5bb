"""A report for a terminal: 80 columns, colour where there is any, every word there without it."""

from collections.abc import Iterator, Mapping

from rich.cells import chop_cells
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.domain.review.publication_check import admit
from bot.domain.review.report import Citation, Movement, Report
from bot.rendering.text.safe_text import (
    count,
    coverage,
    facts,
    incomplete,
    judgement,
    left_out,
    moved,
    no_question,
    one_line,
    place,
    short,
    shown_by,
    skipped_by_reason,
    some,
    stacks,
    visible,
)

# The same fact in many places is one fact; beyond this many places the JSON has them all.
MOST_PLACES = 4


def render(report: Report, asks: Mapping[str, str]) -> RenderableType:
    """Return what rich prints. ``asks`` gives the text of a check by its id."""
    return Group(*_parts(admit(report), asks))


def _parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    yield from _head(report)
    yield from _facts(report)
    yield from _questions(report)
    yield from _strengths(report)
    yield from _moved(report, asks)
    yield from _foot(report)


def _head(report: Report) -> Iterator[RenderableType]:
    mode = "signals only, no model" if report.mode == "signals" else "signals and a model"
    yield Text.assemble(("Sensei", "bold"), f" · first pass · {mode}")
    what = (
        f"whole tree at {short(report.head)}"
        if report.kind == "baseline"
        else f"{short(report.base)} → {short(report.head)}"
    )
    rubric = f"rubric {report.rubric.id} {report.rubric.version}"
    yield Text(f"{what} · {rubric} · stacks: {stacks(report)}", "dim")
    if not report.complete:
        yield Text()
        yield Text(f"Incomplete. {incomplete(report)}", "bold yellow")
        for reason in report.incomplete_because[:MOST_PLACES]:
            yield item("- ", Text(one_line(reason)))
        if (more := len(report.incomplete_because) - MOST_PLACES) > 0:
            yield item("- ", Text(f"and {more:,} more"))


def title(words: str) -> Iterator[RenderableType]:
    """Begin a section."""
    yield Text()
    yield Rule(Text(words, "bold"), align="left", style="dim", characters="─")


def _facts(report: Report) -> Iterator[RenderableType]:
    if groups := facts(report):
        yield from title(f"Facts ({len(groups)})")
    for n, same in enumerate(groups, 1):
        yield Text()
        yield item(f"{n:2}. ", Text(visible(same[0].text), "bold"))
        yield from _quoted(same[0].citation)
        if len(same) > 1:
            places = [place(each.citation) for each in same[1:]]
            yield below(Text(f"also {some(places, MOST_PLACES)}", "dim"))
        if same[0].check:
            yield below(Text(f"speaks against {same[0].check}", "dim"))


def _questions(report: Report) -> Iterator[RenderableType]:
    if report.kind == "baseline":
        return
    if not report.questions:
        yield from title("Questions")
        yield Text()
        yield item("    ", Text(no_question(report)))
        return
    yield from title(f"Questions ({len(report.questions)})")
    for n, question in enumerate(report.questions, 1):
        yield Text()
        yield item(f"{n:2}. ", Text(visible(question.text), "bold cyan"))
        yield from _quoted(question.citation)
        if question.check:
            yield below(Text(f"serves {question.check}", "dim"))


def _strengths(report: Report) -> Iterator[RenderableType]:
    if report.strengths:
        yield from title("Strengths")
    for strength in report.strengths:
        yield Text()
        yield item("    ", Text(visible(strength.text)))
        yield from _quoted(strength.citation)


def _moved(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    if not report.movements:
        return
    yield from title("What moved")
    for movement in sorted(report.movements, key=lambda each: each.direction):
        yield Text()
        sign = ("+", "green") if movement.direction == "supports" else ("-", "yellow")
        yield item(Text.assemble(" ", sign, "  "), _movement(movement, asks))
        yield below(Text(some([place(each) for each in movement.citations], MOST_PLACES), "dim"))


def _movement(movement: Movement, asks: Mapping[str, str]) -> Text:
    how = moved(movement)
    text = Text.assemble((movement.check, "bold"), f" {how} ({asks.get(movement.check, '')})")
    if movement.missing:
        text.append(f" Missing: {visible(movement.missing)}.", "dim")
    return text


def _foot(report: Report) -> Iterator[RenderableType]:
    yield from title("Read")
    yield Text()
    yield Text(coverage(report))
    if said := left_out(report):
        yield Text(f"  {said}", "dim")
    for reason, paths in skipped_by_reason(report).items():
        yield Text(f"  not read, {one_line(reason)}: {count(len(paths), 'file')} ({some(paths, 3)})", "dim")
    for stack, signs in shown_by(report).items():
        yield Text(f"  Uses {one_line(stack)}: {some(signs, 3)}", "dim")
    yield Text(judgement(report), "dim")


def _quoted(citation: Citation) -> Iterator[RenderableType]:
    yield below(Text(place(citation), "dim"))
    yield Padding(_Quote(visible(citation.quote)), (0, 0, 0, 4))


class _Quote:
    """Lines behind a bar, which a long line keeps when it goes on below."""

    def __init__(self, text: str) -> None:
        self._lines = [line.expandtabs(4) for line in text.split("\n")]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            for part in chop_cells(line, max(1, options.max_width - 2)) or [""]:
                yield Text("│ " + part, no_wrap=True)


def item(mark: str | Text, text: Text) -> RenderableType:
    """Put a mark before a text that wraps beside it."""
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True, width=4)
    grid.add_column(ratio=1)
    grid.add_row(mark, text)
    return grid


def below(text: Text) -> RenderableType:
    """Put a text under what ``item`` has begun."""
    return Padding(text, (0, 0, 0, 4))
