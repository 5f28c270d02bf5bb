"""Parsing decision records that people write by hand, in the layouts that are common."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.articulation.slots import Slot, SlotTexts
from bot.domain.decisions.record_files import (
    RecordFile,
    RecordStatus,
    find_places,
    find_superseded,
    read_date,
    read_status,
)
from bot.domain.decisions.record_headings import RecordField, Topic, find_topic
from bot.domain.decisions.record_layouts import RecordHeading, SeenLayout, StatusPlace
from bot.domain.decisions.record_text import (
    MarkdownFile,
    read_key,
    split_markdown,
    without_comments,
)
from bot.domain.decisions.records import MOST_OF_A_PART, MOST_OF_A_TITLE
from bot.domain.decisions.y_statements import parse_y_statement
from bot.domain.text.storable_text import make_storable

_LABEL = re.compile(r"[ \t]{0,3}(?:[*-][ \t]+)?\*\*([^*\n]{1,60}?):?\*\*:?(?:[ \t]+(.*))?\Z")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}\Z")
_NUMBER_IN_TITLE = re.compile(r"(?:ADR[-_ #]*)?(\d{1,5})[.:)]?[-–—:. ]+", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_BLANK_LINES = re.compile(r"\n{3,}")

Chunk = tuple[Topic | None, list[str]]


def parse_record(path: str, content: bytes) -> RecordFile | None:
    """Return what a decision record says, or None if it is too long, or not text."""
    try:
        text = make_storable(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    file = split_markdown(text)
    if file is None:
        return None
    title, chunks = _split_chunks(file)
    texts = _join_parts(chunks, unescape=file.marker is not None)
    if Slot.DECIDED not in texts:
        texts = parse_y_statement(_join(lines for topic, lines in chunks if topic is None)) or texts
    return RecordFile(
        path,
        hashlib.sha256(content).hexdigest(),
        file.marker,
        _clean_title(title, path, unescape=file.marker is not None),
        _find_status(file, chunks),
        read_date(file.front_matter.get("date", "")) or read_date(_text_of(RecordField.DATE, chunks)),
        texts,
        find_superseded(text),
        find_places(text),
    )


def see_layout(content: bytes) -> SeenLayout | None:
    """Return the known headings of a record or a template, or None if it can't be read."""
    file = split_markdown(content.decode("utf-8", "replace"))
    if file is None:
        return None
    headings = [
        RecordHeading(section.level, section.heading, topic)
        for section in file.sections
        if section.level >= 1 and (topic := find_topic(section.heading))
    ]
    place = None
    if "status" in file.front_matter:
        place = StatusPlace.FRONT_MATTER
    elif any(heading.topic is RecordField.STATUS for heading in headings):
        place = StatusPlace.HEADING
    return SeenLayout(tuple(headings), place)


def tidy_part(text: str) -> str:
    """Return a part's text as it is after a trip through a file: without spare white space."""
    lines = (line.rstrip() for line in text.strip().split("\n"))
    short = _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
    return short if len(short) <= MOST_OF_A_PART else f"{short[: MOST_OF_A_PART - 1].rstrip()}…"


def tidy_title(title: str) -> str:
    """Return a title as it is after a trip through a file: on one line, and not too long."""
    plain = " ".join(title.split())
    return plain if len(plain) <= MOST_OF_A_TITLE else f"{plain[: MOST_OF_A_TITLE - 1].rstrip()}…"


def _split_chunks(file: MarkdownFile) -> tuple[str, list[Chunk]]:
    """Return the title, and the file's lines in order, each chunk with what it is about."""
    title = file.front_matter.get("title", "")
    chunks: list[Chunk] = []
    opened: list[tuple[int, Topic | None]] = []
    has_one_title = sum(section.level == 1 for section in file.sections) == 1
    for section in file.sections:
        topic = find_topic(section.heading) if section.level else None
        if section.level == 1 and not opened and (topic is None or has_one_title):
            title = title or section.heading
            chunks += _split_labels(None, section.lines)
            continue
        while opened and opened[-1][0] >= section.level:
            opened.pop()
        inherited = opened[-1][1] if opened else None
        if section.level:
            opened.append((section.level, topic or inherited))
        if topic is None and section.level and inherited is not None:
            chunks.append((inherited, ["", section.heading]))
        chunks += _split_labels(topic or inherited, section.lines)
    return title, chunks


def _split_labels(topic: Topic | None, lines: Sequence[str]) -> Iterator[Chunk]:
    """Yield a section's lines, cut where a label such as ``**Evidence:**`` or ``- Status: x`` begins."""
    held: list[str] = [""]
    current = topic
    for line in lines:
        label = _find_label(line, inside=topic is not None)
        if label is None:
            held.append(line)
            continue
        yield current, held
        current, held = label[0], ["", label[1]]
        if isinstance(current, RecordField) and current is not RecordField.MORE:
            yield current, held
            current, held = topic, [""]
    yield current, held


def _find_label(line: str, *, inside: bool) -> tuple[Topic, str] | None:
    """Return what a label introduces and the rest of its line. Above all headings, bold isn't needed."""
    if found := _LABEL.match(line):
        topic = find_topic(found[1])
        return (topic, found[2] or "") if topic else None
    pair = None if inside else read_key(line)
    topic = find_topic(pair[0]) if pair else None
    return (topic, pair[1]) if pair and isinstance(topic, RecordField) else None


def _join_parts(chunks: Sequence[Chunk], *, unescape: bool) -> SlotTexts:
    texts: dict[Slot, str] = {}
    for slot in Slot:
        text = _text_of(slot, chunks)
        tidy = tidy_part(_ESCAPED.sub(r"\1", text) if unescape else text)
        if tidy and (unescape or not _PLACEHOLDER.match(tidy)):
            texts[slot] = tidy
    return texts


def _text_of(topic: Topic, chunks: Sequence[Chunk]) -> str:
    return without_comments(_join(lines for found, lines in chunks if found == topic))


def _join(chunks: Iterable[list[str]]) -> str:
    return "\n".join("\n".join(lines) for lines in chunks)


def _find_status(file: MarkdownFile, chunks: Sequence[Chunk]) -> RecordStatus:
    return read_status(file.front_matter.get("status") or _text_of(RecordField.STATUS, chunks))


def _clean_title(title: str, path: str, *, unescape: bool) -> str:
    """Return the title without the record's number, or one made from the file's name."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    shown = without_comments(title)
    plain = " ".join((_ESCAPED.sub(r"\1", shown) if unescape else shown).split())
    numbered = _NUMBER_IN_TITLE.match(plain)
    if numbered and int(numbered[1]) in {int(digits) for digits in re.findall(r"\d{1,5}", name)}:
        plain = plain[numbered.end() :]
    plain = plain or " ".join(re.sub(r"\A[\d-]+|[-_]+", " ", name).split()).capitalize()
    return tidy_title(plain)
