"""Render a report as GitHub Markdown, in which quoted text can't mention anyone, link or format."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Citation, Concern, Movement, Question, Report
from bot.rendering.review.excerpts import code_lines, count_hidden
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
    list_first,
    list_untold_movements,
    movements_title,
    no_finding_sentence,
    no_question_sentence,
    not_asked_sentence,
    not_assessed_sentence,
    nothing_read_sentence,
    place_name,
    short_revision,
    stack_signs,
    stack_titles,
    visible,
)

JOINER = "\u2060"
# Maximum number of further lines of a fact in a file, and of further files.
MOST_PLACES = 8
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
    elif report.kind == "baseline" and (sentence := no_finding_sentence(report)):
        yield from ("", sentence)
    if report.concerns:
        yield from ("", "## Facts", "", FACTS_EXPLAINED, "", *fact_lines(report, asks))
    yield from _question_lines(report)
    yield from _strength_lines(report)
    if movements := list_untold_movements(report):
        yield from ("", f"## {movements_title(report)}", "", *movement_lines(report, movements, asks))
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


def fact_lines(report: Report, asks: Mapping[str, str]) -> Iterator[str]:
    """Yield the list of facts, each with all its places and the check that it bears on."""
    for number, concerns in enumerate(group_facts(report), 1):
        first, *others = [concern.citation for concern in concerns]
        yield f"{number}. **{plain(concerns[0].text)}**"
        yield from _code_lines(concerns[0], _other_places(first, others))
        if concerns[0].check:
            yield ""
            yield f"   {describe_bearing(report, concerns)} {_check_name(concerns[0].check, asks)}"


def _other_places(first: Citation, others: Sequence[Citation]) -> str:
    """Return the other places of a fact, to follow its first one: each file once, with its lines."""
    files: dict[tuple[str, str], list[Citation]] = {}
    for other in others:
        files.setdefault((other.path, other.side), []).append(other)
    same = files.pop((first.path, first.side), [])
    elsewhere = [_file_places(citations) for citations in files.values()]
    parts = [f"on {_lines(same)}"] if same else []
    parts += [f"in {list_first(elsewhere, MOST_PLACES, str)}"] if elsewhere else []
    return f", also {' and '.join(parts)}" if parts else ""


def _file_places(citations: Sequence[Citation]) -> str:
    """Return the places in one file: ``a.py:7``, or ``a.py:7`` (and on line 9)."""
    first, *others = citations
    return code(place_name(first)) + (f" (and on {_lines(others)})" if others else "")


def _lines(citations: Sequence[Citation]) -> str:
    """Return ``line 9``, or ``lines 9, 17``."""
    numbers = [str(citation.line_start) for citation in citations]
    return f"line{'' if len(numbers) == 1 else 's'} {list_first(numbers, MOST_PLACES)}"


def _check_name(check: str, asks: Mapping[str, str]) -> str:
    """Return a check's id, and what it asks if the rubric has it."""
    return f"{code(check)}, which asks: {plain(asks[check])}" if check in asks else f"{code(check)}."


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


def movement_lines(report: Report, movements: Sequence[Movement], asks: Mapping[str, str]) -> Iterator[str]:
    """Yield the list of supported and weakened checks, or of a baseline's evidence."""
    for movement in sorted(movements, key=lambda movement: movement.direction):
        places = list_first([place_name(citation) for citation in movement.citations], 4, code)
        missing = f" Missing: {plain(movement.missing)}." if movement.missing else ""
        name = _check_name(movement.check, asks)
        yield f"- {_describe_direction(movement, report)} {name}{missing} See {places}."


def _describe_direction(movement: Movement, report: Report) -> str:
    if report.kind == "baseline":
        return describe_movement(movement, report).removesuffix(" it").capitalize()
    return (("Partly " if movement.partial else "") + movement.direction).capitalize()


def coverage_lines(report: Report) -> Iterator[str]:
    """Yield the lines on what was read and its cost."""
    yield from ("", "## What was read", "")
    yield f"{coverage_sentence(report)}."
    if sentence := not_asked_sentence(report):
        yield from ("", plain(sentence))
    if sentence := left_out_sentence(report):
        yield from ("", plain(sentence))
    yield ""
    yield from unread_lines(report, 10)
    yield from ("", not_assessed_sentence(report))


def unread_lines(report: Report, most: int) -> Iterator[str]:
    """Yield the list of files not read, with at most ``most`` names for each reason, and of stacks in use."""
    for reason, paths in group_skipped_files(report).items():
        yield f"- {count(len(paths), 'file')} not read: {plain(reason)} ({list_first(paths, most, code)})"
    for text, places in group_notes(report).items():
        yield f"- {plain(text)} See {list_first(places, most, code)}."
    for stack, signs in stack_signs(report).items():
        yield f"- Uses {plain(stack)}: {list_first(signs, 4, code)}"


def _code_lines(item: Concern | Question, other_places: str = "") -> Iterator[str]:
    """Yield an item's place and the numbered lines around it; those that it cites have a ``>``."""
    if not item.excerpt:
        yield from _quote_lines(item.citation, other_places)
        return
    lines = code_lines(item)
    digits = max(len(line.number) for line in lines)
    numbered = (
        f"{'>' if line.cited else ' '} {line.number:>{digits}}  {line.text}".rstrip() for line in lines
    )
    yield f"   {code(place_name(item.citation))}{other_places}"
    yield ""
    yield fence("\n".join(numbered))


def _quote_lines(citation: Citation, other_places: str = "") -> Iterator[str]:
    yield f"   {code(place_name(citation))}{other_places}"
    yield ""
    yield fence(citation.quote)
