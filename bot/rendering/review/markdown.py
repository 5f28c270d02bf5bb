"""Render a report as GitHub Markdown, in which quoted text can't mention anyone, link or format."""

import re
from collections.abc import Iterator, Mapping

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Citation, Concern, Question, Report
from bot.rendering.review.excerpts import code_lines, count_hidden
from bot.rendering.text.safe_text import (
    count,
    coverage_sentence,
    describe_mode,
    describe_movement,
    group_facts,
    group_skipped_files,
    hidden_sentence,
    incomplete_sentence,
    left_out_sentence,
    list_first,
    movements_title,
    no_question_sentence,
    not_assessed_sentence,
    nothing_read_sentence,
    place_name,
    short_revision,
    stack_signs,
    stack_titles,
    visible,
)

JOINER = "\u2060"
# Includes the colons of ":tada:", the dollar sign of formulas, and anything that may be a commit id.
_REFERENCE = re.compile(
    r"@|#|\bGH-|:(?=//)|\bwww(?=\.)|:(?=[\w+\\-]+:)|\$|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE
)
_SPECIAL = re.compile(r"([\\`*_\[\]|~>])")


def plain(text: str) -> str:
    """Return text that Markdown shows unchanged, without mentions, references, links, emphasis or HTML.

    GitHub looks for mentions and references in the rendered page, where an entity is a plain character again.
    So the sign is followed by a word joiner instead.
    """
    text = visible(text).replace("\n", " ").replace("&", "&amp;").replace("<", "&lt;")
    text = _SPECIAL.sub(r"\\\1", text)
    return _REFERENCE.sub(_join_apart, text)


def _join_apart(found: re.Match[str]) -> str:
    """Return a sign followed by a joiner, or hexadecimal digits with a joiner after every sixth."""
    sign = found[0]
    return JOINER.join(sign[at : at + 6] for at in range(0, len(sign), 6)) if len(sign) > 6 else sign + JOINER


def code(text: str) -> str:
    """Return an inline code span for any text, even one with backticks."""
    text = visible(text).replace("\n", " ")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str) -> str:
    """Return a code block for any text, indented as part of a list item."""
    text = visible(text)
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return "\n".join(f"   {line}" for line in [f"{ticks}text", *text.split("\n"), ticks])


def render(report: Report, asks: Mapping[str, str]) -> str:
    """Return the document, ending in a newline. ``asks`` has the text of each check by its id."""
    return "\n".join(_report_lines(remove_refused_texts(report), asks)) + "\n"


def _report_lines(report: Report, asks: Mapping[str, str]) -> Iterator[str]:
    yield from _heading_lines(report)
    if sentence := nothing_read_sentence(report):
        yield from ("", f"**{sentence}**")
        if not report.coverage.files_total:
            return
    yield from fact_lines(report)
    yield from _question_lines(report)
    yield from _strength_lines(report)
    yield from movement_lines(report, asks)
    yield from coverage_lines(report)
    if sentence := hidden_sentence(count_hidden(report)):
        yield from ("", sentence)


def _heading_lines(report: Report) -> Iterator[str]:
    yield f"# Sensei: first pass, {describe_mode(report.mode)}"
    yield ""
    subject = (
        f"The whole tree at {code(short_revision(report.head))}"
        if report.kind == "baseline"
        else f"From {code(short_revision(report.base))} to {code(short_revision(report.head))}"
    )
    yield f"{subject}. Rubric {report.rubric.id} {report.rubric.version}. Stacks: {stack_titles(report)}."
    if not report.complete:
        yield from ("", f"**Incomplete.** {incomplete_sentence(report)}", "")
        yield from (f"- {incomplete_reason(reason, report)}" for reason in report.incomplete_because)


def incomplete_reason(reason: str, report: Report) -> str:
    """Return a reason why a report is incomplete, with any file name at its start formatted as code."""
    names = sorted({skipped.path for skipped in report.coverage.skipped}, key=len, reverse=True)
    name = next((name for name in names if reason.startswith((f"{name}: ", f"{name}, "))), "")
    return code(name) + plain(reason[len(name) :]) if name else plain(reason)


def fact_lines(report: Report) -> Iterator[str]:
    """Yield the lines that state the facts."""
    if groups := group_facts(report):
        yield from ("", "## Facts", "")
    for number, concerns in enumerate(groups, 1):
        against = f" Counts against {code(concerns[0].check)}." if concerns[0].check else ""
        yield f"{number}. **{plain(concerns[0].text)}**{against}"
        yield from _code_lines(concerns[0])
        if len(concerns) > 1:
            yield ""
            places = [place_name(concern.citation) for concern in concerns[1:]]
            yield f"   Also {list_first(places, 20, code)}."


def _question_lines(report: Report) -> Iterator[str]:
    if report.kind == "baseline" or not (report.questions or report.coverage.files_read):
        return
    yield from ("", "## Questions", "")
    if not report.questions:
        yield no_question_sentence(report)
    for number, question in enumerate(report.questions, 1):
        serves = f" Relates to {code(question.check)}." if question.check else ""
        yield f"{number}. **{plain(question.text)}**{serves}"
        yield from _code_lines(question)


def _strength_lines(report: Report) -> Iterator[str]:
    if report.strengths:
        yield from ("", "## Strengths", "")
    for strength in report.strengths:
        yield f"1. {plain(strength.text)}"
        yield from _quote_lines(strength.citation)


def movement_lines(report: Report, asks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that list the supported and the weakened checks, or a baseline's evidence."""
    if not report.movements:
        return
    yield from ("", f"## {movements_title(report)}", "")
    colon = ":" if report.kind == "baseline" else ""
    for movement in sorted(report.movements, key=lambda movement: movement.direction):
        outcome = describe_movement(movement, report)
        missing = f" Missing: {plain(movement.missing)}." if movement.missing else ""
        places = list_first([place_name(citation) for citation in movement.citations], 4, code)
        asked = plain(asks.get(movement.check, ""))
        yield f"- {code(movement.check)}{colon} {outcome} ({asked}){missing} {places}"


def coverage_lines(report: Report, *, with_coverage: bool = True) -> Iterator[str]:
    """Yield the lines on what was read, optionally without the sentence on coverage."""
    yield from ("", "## What was read", "")
    if with_coverage:
        yield f"{coverage_sentence(report)}."
        if sentence := left_out_sentence(report):
            yield from ("", plain(sentence))
        yield ""
    for reason, paths in group_skipped_files(report).items():
        yield f"- {count(len(paths), 'file')} not read: {plain(reason)} ({list_first(paths, 10, code)})"
    for stack, signs in stack_signs(report).items():
        yield f"- Uses {plain(stack)}: {list_first(signs, 4, code)}"
    yield from ("", not_assessed_sentence(report))


def _code_lines(item: Concern | Question) -> Iterator[str]:
    """Yield an item's place and the numbered lines around it; those that it cites have a ``>``."""
    if not item.excerpt:
        yield from _quote_lines(item.citation)
        return
    lines = code_lines(item)
    digits = max(len(line.number) for line in lines)
    numbered = (
        f"{'>' if line.cited else ' '} {line.number:>{digits}}  {line.text}".rstrip() for line in lines
    )
    yield f"   {code(place_name(item.citation))}"
    yield ""
    yield fence("\n".join(numbered))


def _quote_lines(citation: Citation) -> Iterator[str]:
    yield f"   {code(place_name(citation))}"
    yield ""
    yield fence(citation.quote)
