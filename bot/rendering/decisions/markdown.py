"""Writing a decision as a Markdown file, in the layout that its repository uses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_headings import RecordField
from bot.domain.decisions.record_layouts import MADR, RecordHeading, RecordLayout, StatusPlace
from bot.domain.decisions.records import CodeAnchor, Decision
from bot.domain.review.paths import to_git
from bot.rendering.text.safe_text import visible

PART_LABELS: Mapping[Slot, str] = {
    Slot.CONTEXT: "Context",
    Slot.FACING: "Facing",
    Slot.DECIDED: "Decided",
    Slot.AGAINST: "Against",
    Slot.ACHIEVE: "To achieve",
    Slot.ACCEPTING: "Accepting",
    Slot.EVIDENCE: "Evidence",
    Slot.REVISIT: "Revisit when",
}
"""How the parts of a decision are labelled in English, in their order."""
_MORE = RecordHeading(2, "More Information", RecordField.MORE)
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~]|\Z)")
_STARTS = re.compile(r"([ \t]*)(?=#|=|-{2,}|~{3}|`{3})")
_LABEL = re.compile(r"([ \t]*(?:[*+-][ \t]+)?)\*\*")
_LAST_SIGNS = re.compile(r"(?<!\\)#+\Z")
_SETEXT_OR_RULE = re.compile(r"[ \t]*[-=]+[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class RecordLinks:
    """Where a record's links lead. ``page`` is the repository's page, without a slash at its end.

    ``supersedes`` is the path of the earlier record, relative to the new one's folder, and its title.
    """

    page: str
    supersedes: tuple[str, str] | None = None


def format_record(
    decision: Decision, links: RecordLinks, layout: RecordLayout = MADR, *, heading: str = ""
) -> str:
    """Return the file for a confirmed decision. A part without a text has no heading.

    ``heading`` precedes the title in layouts that number their titles (``7. ``). The participant's words
    stay as they wrote them, except that none can be mistaken for a heading, a label, HTML or Sensei's marker.
    The file ends with a hidden marker, by which Sensei recognises it.
    """
    lines = [
        *_format_front_matter(decision, layout),
        f"# {heading}{_escape_title(decision.title)}",
        "",
        *_format_list(decision, layout),
        *_format_sections(decision, links, layout),
        decision_marker(decision.number),
        "",
    ]
    return "\n".join(lines)


def decision_marker(number: int) -> str:
    """Return the hidden line that identifies the file of a decision."""
    return f"<!-- sensei:decision={number} -->"


def _format_front_matter(decision: Decision, layout: RecordLayout) -> list[str]:
    if layout.status is not StatusPlace.FRONT_MATTER:
        return []
    return ["---", "status: accepted", f"date: {_date(decision)}", "---", ""]


def _format_list(decision: Decision, layout: RecordLayout) -> list[str]:
    if layout.status is StatusPlace.FRONT_MATTER:
        return []
    if layout.status is StatusPlace.LIST:
        return ["- Status: accepted", f"- Date: {_date(decision)}", ""]
    return [] if _has_date_heading(layout) else [f"Date: {_date(decision)}", ""]


def _has_date_heading(layout: RecordLayout) -> bool:
    return any(heading.topic is RecordField.DATE for heading in layout.headings)


def _date(decision: Decision) -> str:
    return f"{decision.confirmed_at or decision.created_at:%Y-%m-%d}"


def _format_sections(decision: Decision, links: RecordLinks, layout: RecordLayout) -> Iterator[str]:
    owners = {slot: layout.owner(slot) or _MORE for slot in decision.texts}
    for heading in (*layout.headings, *([] if _has_more(layout) else [_MORE])):
        body = list(_format_body(decision, links, heading, owners))
        if body:
            yield from ("#" * heading.level + f" {heading.text}", "", *body)


def _has_more(layout: RecordLayout) -> bool:
    return any(heading.topic is RecordField.MORE for heading in layout.headings)


def _format_body(
    decision: Decision, links: RecordLinks, heading: RecordHeading, owners: Mapping[Slot, RecordHeading]
) -> Iterator[str]:
    """Yield what stands under a heading: its own part first, then the parts that it shelters."""
    if heading.topic is RecordField.STATUS:
        yield from ("Accepted", "")
    if heading.topic is RecordField.DATE:
        yield from (_date(decision), "")
    slots = [slot for slot in Slot if owners.get(slot) == heading]
    for slot in sorted(slots, key=lambda slot: slot != heading.topic):
        label = "" if slot == heading.topic else f"**{PART_LABELS[slot]}:** "
        yield from (label + _escape(decision.texts[slot]), "")
    if heading.topic is RecordField.MORE:
        yield from _format_more(decision, links)


def _format_more(decision: Decision, links: RecordLinks) -> Iterator[str]:
    if links.supersedes is not None:
        path, title = links.supersedes
        yield from (f"**Supersedes:** [{_link_text(title)}]({quote(path)})", "")
    places = [_format_place(anchor, links.page) for anchor in decision.anchors]
    if places:
        yield from ("**Code:**", "", *(f"- {place}" for place in places), "")


def _format_place(anchor: CodeAnchor, page: str) -> str:
    lines = f"L{anchor.line_start}" + (f"-L{anchor.line_end}" if anchor.line_end > anchor.line_start else "")
    shown = f"{anchor.path}:{lines.replace('L', '')}"
    address = f"{page}/blob/{anchor.commit}/{quote(to_git(anchor.path))}#{lines}"
    return f"[{_link_text(shown)}]({address})"


def _link_text(text: str) -> str:
    return re.sub(r"([\[\]\\`<*])", r"\\\1", visible(text).replace("\n", " "))


def _escape(text: str) -> str:
    lines = visible(text.replace("\r\n", "\n").replace("\r", "\n")).strip().split("\n")
    return "\n".join(_escape_line(line.rstrip()) for line in lines)


def _escape_title(title: str) -> str:
    """Return a title in which no number sign at the end can be taken for the heading's own."""
    line = _escape_line(" ".join(title.split()))
    return _LAST_SIGNS.sub(lambda signs: r"\#" * len(signs[0]), line)


def _escape_line(line: str) -> str:
    """Return a line that begins nothing but a paragraph or a list, and contains no HTML."""
    plain = _BACKSLASH.sub(r"\\\\", visible(line)).replace("<", r"\<")
    if _SETEXT_OR_RULE.match(plain):
        return plain.replace("-", r"\-").replace("=", r"\=")
    if _LABEL.match(plain):
        return _LABEL.sub(r"\1\\*\\*", plain, count=1)
    return _STARTS.sub(r"\1\\", plain, count=1) if _STARTS.match(plain) else plain
