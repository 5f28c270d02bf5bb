"""Evidence and rulings for a terminal of 80 columns. No meaning depends on colour.

Everything here but the list of what waits shows a draft level, so only a sensei who rules may see it.
"""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.text import Text

from bot.domain.ledger.evidence import CheckState, Entry, Statement
from bot.domain.review.report import Citation
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence
from bot.domain.triage.due_rulings import DueReason
from bot.domain.triage.records import Appeal, CriterionRuling
from bot.domain.triage.tasks import RulingTask
from bot.rendering.review.excerpts import ShownLine, quoted_lines
from bot.rendering.text.safe_text import count, one_line, place_name, visible
from bot.rendering.text.terminal_parts import CodeLines, Places, below, item, title
from bot.rendering.triage.wording import MILESTONES, describe_draft, describe_origin

MOST_QUOTES, MOST_LINES, MOST_PLACES = 6, 20, 8
"""Maximum quotes shown for or against a check, lines of each, and places of the quotes that are left."""
_MARKS = {
    CheckState.MET: ("+", "green"),
    CheckState.PARTLY_MET: ("~", "green"),
    CheckState.CONTESTED: ("!", "yellow"),
    CheckState.OPEN: ("o", "cyan"),
    CheckState.NOT_APPLICABLE: ("/", "dim"),
    CheckState.NOT_ASSESSED: ("?", "dim"),
}


def render_evidence(shown: CriterionEvidence, names: Mapping[int, str]) -> Iterator[RenderableType]:
    """Yield everything that there is to read about a criterion, by level. ``names`` are the levels'."""
    yield Text(shown.criterion.intent)
    for level in sorted({check.check.level for check in shown.checks}):
        yield from title(f"Level {level} · {names[level]}")
        for check in shown.checks:
            if check.check.level == level:
                yield ""
                yield from _render_check(check)


def _render_check(shown: CheckEvidence) -> Iterator[RenderableType]:
    text = Text.assemble((shown.check.id, "bold"), f" {shown.state}: {shown.check.ask}")
    yield item(Text.assemble(" ", _MARKS[shown.state], "  "), text)
    if shown.exemption:
        yield below(Text(f"exempted by a {shown.exemption.by}: {visible(shown.exemption.reason)}"))
    yield from _render_side("for", shown.supports)
    yield from _render_side("against", shown.weakens)


def _render_side(label: str, entries: Sequence[Entry]) -> Iterator[RenderableType]:
    """Yield the quotes on one side. A quote that was found in several places is shown once."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((*entry.evidence, entry.partial), []).append(entry)
    quotes = list(groups.values())
    for same in quotes[:MOST_QUOTES]:
        yield from _render_quote(label, same)
    if rest := [_name_place(entry) for same in quotes[MOST_QUOTES:] for entry in same]:
        yield Places(rest, MOST_PLACES, f"more {label}:")


def _render_quote(label: str, same: Sequence[Entry]) -> Iterator[RenderableType]:
    first = same[0]
    yield below(Text(f"{label}, {describe_origin(first)}: {_name_place(first)}", "dim"))
    if first.partial and first.missing:
        yield below(Text(f"only partly; missing: {visible(first.missing)}", "yellow"))
    lines = _list_lines(first)
    yield CodeLines(lines[:MOST_LINES])
    if (more := len(lines) - MOST_LINES) > 0:
        yield below(Text(f"and {count(more, 'more line')}", "dim"))
    others = dict.fromkeys(_name_place(entry) for entry in same[1:])
    others.pop(_name_place(first), None)
    if others:
        yield Places(list(others), MOST_PLACES, "also:")


def _list_lines(entry: Entry) -> list[ShownLine]:
    if isinstance(entry.citation, Citation):
        return quoted_lines(entry.citation)
    return [ShownLine("", line, cited=True) for line in visible(entry.citation.quote).split("\n")]


def _name_place(entry: Entry) -> str:
    if isinstance(entry.citation, Statement):
        return f"{entry.citation.source} {one_line(entry.citation.reference)}"
    if entry.citation.source == "text":
        return "the text of the pull request"
    return place_name(entry.citation)


def render_choice(
    shown: CriterionEvidence,
    names: Mapping[int, str],
    last: CriterionRuling | None,
    appeal: Appeal | None,
) -> Iterator[RenderableType]:
    """Yield what a sensei decides about, once they have read the evidence."""
    yield from title("Your ruling")
    yield Text(describe_draft(shown.draft, names), "bold")
    if last is not None:
        yield Text(_describe_last(last, names))
        if last.sentence:
            yield Text(f"To the participant: {one_line(last.sentence)}")
        if last.reason:
            yield Text(f"Reason, for other senseis: {one_line(last.reason)}")
    if appeal is not None:
        yield Text(f"The participant asks for a second opinion: {one_line(appeal.reason)}", "yellow")
    yield Text("  ".join(f"{level} {name}" for level, name in names.items()), "dim")


def _describe_last(last: CriterionRuling, names: Mapping[int, str]) -> str:
    level = "can't judge" if last.level is None else f"{last.level} ({names[last.level]})"
    return f"Last ruling: {level}, on {last.at:%Y-%m-%d}"


def render_heading(task: RulingTask, place: int, total: int) -> Iterator[RenderableType]:
    """Yield the heading of one task of ``total``, counted from 1."""
    gate = " · gate" if task.gate else ""
    yield Text.assemble((one_line(task.title), "bold"), f"{gate} · {place} of {total}")
    names = dict.fromkeys(one_line(name) for name in (task.participant, task.repository))
    yield Text(f"{' · '.join(names)} · {describe_reason(task)}", "dim")
    yield ""


def format_waiting(name: str, tasks: Sequence[RulingTask]) -> Iterator[str]:
    """Yield the lines of one sensei's waiting rulings. They contain no levels."""
    yield f"{one_line(name)}: {count(len(tasks), 'ruling')}"
    for task in tasks:
        gate = "  gate" if task.gate else ""
        yield f"  {one_line(task.repository)}  {one_line(task.title)}{gate}"
        yield f"      {describe_reason(task)}"


def describe_reason(task: RulingTask) -> str:
    """Return why a ruling waits."""
    if task.due is None:
        return "appealed; you are the second sensei"
    if task.due.reason is DueReason.MILESTONE and task.milestone is not None:
        return MILESTONES[task.milestone]
    if task.due.ruled_at is None:
        return "new evidence, no ruling yet"
    return f"new evidence since the ruling of {task.due.ruled_at:%Y-%m-%d}"
