"""Render a report for a terminal, in 80 columns. No meaning depends on colour."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Citation, Concern, Movement, Question, Report
from bot.rendering.review.excerpts import ShownLine, code_lines, count_hidden, quoted_lines
from bot.rendering.text.safe_text import (
    FACTS_EXPLAINED,
    count,
    coverage_sentence,
    describe_bearing,
    describe_mode,
    describe_movement,
    group_facts,
    group_notes,
    group_skipped_files,
    hidden_sentence,
    incomplete_sentence,
    left_out_sentence,
    list_untold_movements,
    movements_title,
    no_finding_sentence,
    no_question_sentence,
    not_asked_sentence,
    not_assessed_sentence,
    nothing_read_sentence,
    one_line,
    place_name,
    short_revision,
    silent_sentence,
    stack_signs,
    stack_titles,
    visible,
)
from bot.rendering.text.terminal_parts import CodeLines, Places, Reason, below, item, title

# Maximum number of places listed for a fact. The JSON has all of them.
MOST_PLACES = 4


def render(report: Report, asks: Mapping[str, str]) -> RenderableType:
    """Return the report for rich to print. ``asks`` has the text of each check by its id."""
    return Group(*_report_parts(remove_refused_texts(report), asks))


def _report_parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    yield from _heading_parts(report)
    if sentence := silent_sentence(report):
        yield Text(sentence)
        yield from _note_parts(report)
        return
    if sentence := nothing_read_sentence(report):
        yield Text(sentence, "bold yellow")
        if not report.coverage.files_total:
            return
    elif report.kind == "baseline" and (sentence := no_finding_sentence(report)):
        yield Text(sentence)
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
            yield Reason("-   ", one_line(reason))
        if (more := len(report.incomplete_because) - MOST_PLACES) > 0:
            yield Reason("-   ", f"and {more:,} more")


def _fact_parts(report: Report, asks: Mapping[str, str]) -> Iterator[RenderableType]:
    if groups := group_facts(report):
        yield from (*title(f"Facts ({len(groups)})"), Text(), below(Text(FACTS_EXPLAINED, "dim")))
    for number, concerns in enumerate(groups, 1):
        yield Text()
        yield item(f"{number:2}. ", Text(visible(concerns[0].text), "bold"))
        yield from _code_parts(concerns[0])
        if len(concerns) > 1:
            yield Places([place_name(concern.citation) for concern in concerns[1:]], MOST_PLACES, "also")
        if concerns[0].check:
            bearing = describe_bearing(report, concerns).lower()
            yield below(Text(f"{bearing} {_check_name(concerns[0].check, asks)}", "dim"))


def _check_name(check: str, asks: Mapping[str, str]) -> str:
    """Return a check's id, and what it asks if the rubric has it."""
    return f"{check}, which asks: {asks[check]}" if check in asks else check


def _question_parts(report: Report) -> Iterator[RenderableType]:
    if report.kind == "baseline" or not (report.questions or report.coverage.files_read):
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
        yield from _code_parts(question)
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
    yield from title(movements_title(report))
    for movement in sorted(movements, key=lambda movement: movement.direction):
        yield Text()
        sign = ("+", "green") if movement.direction == "supports" else ("-", "yellow")
        yield item(Text.assemble(" ", sign, "  "), _describe_movement(movement, report, asks))
        yield Places([place_name(citation) for citation in movement.citations], MOST_PLACES)


def _describe_movement(movement: Movement, report: Report, asks: Mapping[str, str]) -> Text:
    outcome = describe_movement(movement, report)
    colon = ":" if report.kind == "baseline" else ""
    text = Text.assemble((movement.check, "bold"), f"{colon} {outcome} ({asks.get(movement.check, '')})")
    if movement.missing:
        text.append(f" Missing: {visible(movement.missing)}.", "dim")
    return text


def _coverage_parts(report: Report) -> Iterator[RenderableType]:
    yield from title("What was read")
    yield Text()
    yield Text(coverage_sentence(report))
    for sentence in (
        not_asked_sentence(report),
        left_out_sentence(report),
        hidden_sentence(count_hidden(report)),
    ):
        if sentence:
            yield Text(sentence, "dim")
    for reason, paths in group_skipped_files(report).items():
        yield Text(f"{count(len(paths), 'file')} not read: {one_line(reason)}", "dim")
        yield Places([one_line(path) for path in paths], 3)
    for stack, signs in stack_signs(report).items():
        yield Text(f"Uses {one_line(stack)}:", "dim")
        yield Places([one_line(sign) for sign in signs], 3)
    yield from _note_parts(report)
    yield Text(not_assessed_sentence(report), "dim")


def _note_parts(report: Report) -> Iterator[RenderableType]:
    for text, places in group_notes(report).items():
        yield Text(visible(text), "dim")
        yield Places(places, MOST_PLACES)


def _code_parts(shown: Concern | Question) -> Iterator[RenderableType]:
    yield Places([place_name(shown.citation)], 1)
    yield CodeLines(code_lines(shown) if shown.excerpt else _without_numbers(shown.citation))


def _quote_parts(citation: Citation) -> Iterator[RenderableType]:
    yield Places([place_name(citation)], 1)
    yield CodeLines(_without_numbers(citation))


def _without_numbers(citation: Citation) -> list[ShownLine]:
    """Return the lines of a quote, which may begin and end within a line of the file."""
    return [line._replace(number="") for line in quoted_lines(citation)]
