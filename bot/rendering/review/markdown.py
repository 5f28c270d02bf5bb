"""A report as GitHub's Markdown, in which nothing that was read can mention, link, or draw anything."""

import re
from collections.abc import Iterator, Mapping

from bot.domain.review.publication_check import admit
from bot.domain.review.report import Citation, Report
from bot.rendering.text.safe_text import (
    count,
    coverage,
    facts,
    incomplete,
    judgement,
    left_out,
    moved,
    no_question,
    place,
    short,
    shown_by,
    skipped_by_reason,
    some,
    stacks,
    visible,
)

JOINER = "\u2060"
# Also the colon of ":tada:", the dollar of mathematics, and every few characters of what may be a commit id.
_REFERENCE = re.compile(
    r"@|#|\bGH-|:(?=//)|\bwww(?=\.)|:(?=[\w+\\-]+:)|\$|(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE
)
_SPECIAL = re.compile(r"([\\`*_\[\]|~>])")


def plain(text: str) -> str:
    """Return text that Markdown shows as it is: no mention, reference, link, emphasis or HTML.

    GitHub looks for mentions and references in the finished page, where an entity is the character again: a
    word joiner behind the sign keeps them apart.
    """
    text = visible(text).replace("\n", " ").replace("&", "&amp;").replace("<", "&lt;")
    text = _SPECIAL.sub(r"\\\1", text)
    return _REFERENCE.sub(_parted, text)


def _parted(found: re.Match[str]) -> str:
    """Put a joiner behind a sign; a run of hexadecimal digits gets so many that no part is a commit id."""
    sign = found[0]
    return JOINER.join(sign[at : at + 6] for at in range(0, len(sign), 6)) if len(sign) > 6 else sign + JOINER


def code(text: str) -> str:
    """Return an inline code span for any text, its own backticks included."""
    text = visible(text).replace("\n", " ")
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str) -> str:
    """Return a code block for any text, indented for a list item."""
    text = visible(text)
    ticks = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return "\n".join(f"   {line}" for line in [f"{ticks}text", *text.split("\n"), ticks])


def render(report: Report, asks: Mapping[str, str]) -> str:
    """Return the document, ending in a newline. ``asks`` gives the text of a check by its id."""
    return "\n".join(_parts(admit(report), asks)) + "\n"


def _parts(report: Report, asks: Mapping[str, str]) -> Iterator[str]:
    yield from _head(report)
    yield from facts_of(report)
    yield from _questions(report)
    yield from _strengths(report)
    yield from movements_of(report, asks)
    yield from read_of(report)


def _head(report: Report) -> Iterator[str]:
    mode = "signals only, no model" if report.mode == "signals" else "signals and a model"
    yield f"# Sensei: first pass, {mode}"
    yield ""
    what = (
        f"The whole tree at {code(short(report.head))}"
        if report.kind == "baseline"
        else f"From {code(short(report.base))} to {code(short(report.head))}"
    )
    yield f"{what}. Rubric {report.rubric.id} {report.rubric.version}. Stacks: {stacks(report)}."
    if not report.complete:
        yield from ("", f"**Incomplete.** {incomplete(report)}", "")
        yield from (f"- {reason_of(reason, report)}" for reason in report.incomplete_because)


def reason_of(reason: str, report: Report) -> str:
    """Return why a report is incomplete, the file that it begins with as code."""
    names = sorted({one.path for one in report.coverage.skipped}, key=len, reverse=True)
    name = next((name for name in names if reason.startswith((f"{name}: ", f"{name}, "))), "")
    return code(name) + plain(reason[len(name) :]) if name else plain(reason)


def facts_of(report: Report) -> Iterator[str]:
    """Yield the lines that state the facts."""
    if groups := facts(report):
        yield from ("", "## Facts", "")
    for n, same in enumerate(groups, 1):
        against = f" Speaks against {code(same[0].check)}." if same[0].check else ""
        yield f"{n}. **{plain(same[0].text)}**{against}"
        yield from _quoted(same[0].citation)
        if len(same) > 1:
            yield ""
            yield f"   Also {some([place(each.citation) for each in same[1:]], 20, code)}."


def _questions(report: Report) -> Iterator[str]:
    if report.kind == "baseline":
        return
    yield from ("", "## Questions", "")
    if not report.questions:
        yield no_question(report)
    for n, question in enumerate(report.questions, 1):
        serves = f" Serves {code(question.check)}." if question.check else ""
        yield f"{n}. **{plain(question.text)}**{serves}"
        yield from _quoted(question.citation)


def _strengths(report: Report) -> Iterator[str]:
    if report.strengths:
        yield from ("", "## Strengths", "")
    for strength in report.strengths:
        yield f"1. {plain(strength.text)}"
        yield from _quoted(strength.citation)


def movements_of(report: Report, asks: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines that say which checks moved."""
    if not report.movements:
        return
    yield from ("", "## What moved", "")
    for movement in sorted(report.movements, key=lambda each: each.direction):
        how = moved(movement)
        missing = f" Missing: {plain(movement.missing)}." if movement.missing else ""
        places = some([place(each) for each in movement.citations], 4, code)
        asked = plain(asks.get(movement.check, ""))
        yield f"- {code(movement.check)} {how} ({asked}){missing} {places}"


def read_of(report: Report, *, with_coverage: bool = True) -> Iterator[str]:
    """Yield the lines that say what was read; without the coverage where that is said elsewhere."""
    yield from ("", "## Read", "")
    if with_coverage:
        yield f"{coverage(report)}."
        if said := left_out(report):
            yield from ("", plain(said))
        yield ""
    for reason, paths in skipped_by_reason(report).items():
        yield f"- not read, {plain(reason)}: {count(len(paths), 'file')} ({some(paths, 10, code)})"
    for stack, signs in shown_by(report).items():
        yield f"- Uses {plain(stack)}: {some(signs, 4, code)}"
    yield from ("", judgement(report))


def _quoted(citation: Citation) -> Iterator[str]:
    yield f"   {code(place(citation))}"
    yield ""
    yield fence(citation.quote)
