"""A cohort's people from a file: CSV as any spreadsheet writes it, or YAML.

All that is wrong is found at once, each with its row and column, what is expected, and the nearest word. What
is left empty says nothing: it changes nothing of somebody who is known.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import yaml

from bot.domain.dojo import profiles
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, Profile, Weekday, WorkingHours
from bot.domain.dojo.profiles import UnreadableValueError, Vocabulary, shown
from bot.domain.text.storable_text import make_storable

COLUMNS = (
    "name",
    "role",
    "slack",
    "github",
    "time_zone",
    "days",
    "hours",
    "skills",
    "stacks",
    "goals",
    "prefers",
    "capacity",
)
NEEDED = ("name", "role", "slack")
MOST_ROWS = 5000
MOST_BYTES = 4 * 1024 * 1024
MOST_PROBLEMS = 50
"""Problems that are told; whoever has more has one mistake many times."""
_MOST_OF_A_CELL = 10_000

Kind = Literal["csv", "yaml"]


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """What is wrong, where: ``row 3``, ``people[2], line 14``, ``the file``. ``column`` may be empty."""

    place: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}, {self.column}: {self.what}" if self.column else f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """Somebody in one role, as a file has them. None: it says nothing of this.

    ``slack`` and ``prefers`` are user ids or addresses, as they stand there.
    """

    place: str
    name: str
    role: CohortRole
    slack: str
    github: str | None = None
    time_zone: str | None = None
    days: tuple[Weekday, ...] | None = None
    hours: tuple[int, int] | None = None
    skills: Mapping[str, int] | None = None
    stacks: tuple[str, ...] | None = None
    goals: str | None = None
    prefers: tuple[str, ...] | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ImportTable:
    """A file's people, or all that is wrong with it; never both."""

    rows: tuple[ImportRow, ...] = ()
    problems: tuple[ImportProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Cells:
    """A row before it is read: what stands under which column, as text or as a list."""

    place: str
    cells: Mapping[str, str | list[str]]


@dataclass
class _Found:
    rows: list[_Cells] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)


def read_people(data: bytes, kind: Kind, words: Vocabulary) -> ImportTable:
    """Read a file of people."""
    text = _decoded(data)
    if isinstance(text, ImportProblem):
        return ImportTable(problems=(text,))
    found = _of_csv(text) if kind == "csv" else _of_yaml(text)
    if not found.problems and not found.rows:
        found.problems.append(ImportProblem("the file", "", "Nobody is in it."))
    if len(found.rows) > MOST_ROWS:
        what = f"It has {len(found.rows)} people; at most {MOST_ROWS} are taken at once. Split it."
        return ImportTable(problems=(ImportProblem("the file", "", what),))
    rows: list[ImportRow] = []
    for cells in found.rows:
        row = _row(cells, words, found.problems)
        if row:
            rows.append(row)
    found.problems.extend(_twice(rows))
    return ImportTable((), tuple(found.problems)) if found.problems else ImportTable(tuple(rows))


def _decoded(data: bytes) -> str | ImportProblem:
    if len(data) > MOST_BYTES:
        return ImportProblem(
            "the file", "", f"It has {len(data)} bytes; a list of people has at most {MOST_BYTES}."
        )
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return ImportProblem("the file", "", "It is UTF-16. Save it as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        what = (
            f"byte {wrong.start + 1} (0x{data[wrong.start]:02X}) is not UTF-8. Save the file as “CSV UTF-8”."
        )
        return ImportProblem(f"line {line}", "", what)
    if "\0" in text:
        return ImportProblem(
            f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}", "", "It holds a NUL: it is no text."
        )
    return text


def _of_csv(text: str) -> _Found:
    found = _Found()
    # A carriage return alone, as old spreadsheets write it, ends a line too.
    lines = io.StringIO(text if "\n" in text else text.replace("\r", "\n"), newline="")
    reader = csv.reader(lines, delimiter=_separator(text), strict=True)
    header: dict[int, str] | None = None
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells, f"row {number}", found.problems)
                if found.problems:
                    return found
                continue
            _take(cells, header, f"row {number}", found)
    except csv.Error as wrong:
        what = f"It is no CSV (line {reader.line_num}: {wrong}). A quote within quotes is written twice."
        found.problems.append(ImportProblem(f"row {number + 1}", "", what))
    return found


def _take(cells: Sequence[str], header: Mapping[int, str], place: str, found: _Found) -> None:
    if any(cell.strip() for cell in cells[len(header) :]):
        what = f"It has {len(cells)} cells for {len(header)} columns: one that holds the separator is quoted."
        found.problems.append(ImportProblem(place, header[len(header) - 1], what))
        return
    found.rows.append(_Cells(place, dict(zip(header.values(), cells, strict=False))))


def _separator(text: str) -> str:
    """Return what stands between cells: spreadsheets write the one of their country."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _header(cells: Sequence[str], place: str, problems: list[ImportProblem]) -> dict[int, str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
    problems.extend(_columns(names, [cell.strip() for cell in cells], place))
    return dict(enumerate(names))


def _columns(names: Sequence[str], as_written: Sequence[str], place: str) -> Iterator[ImportProblem]:
    for n, (column, written) in enumerate(zip(names, as_written, strict=True)):
        if column not in COLUMNS:
            near = profiles.nearest(column, COLUMNS)
            known = "" if near else f" There are {', '.join(COLUMNS)}."
            yield ImportProblem(
                place, written[:40] or f"column {n + 1}", f"There is no such column.{near}{known}"
            )
        elif column in names[:n]:
            yield ImportProblem(place, column, "This column stands there twice.")
    for column in NEEDED:
        if column not in names:
            yield ImportProblem(place, column, "This column is missing.")


def _of_yaml(text: str) -> _Found:
    found = _Found()
    try:
        # As nodes, each with its line; the base loader takes every scalar as the text that it is.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        found.problems.append(
            ImportProblem(place, "", f"It cannot be read as YAML: {wrong.problem or 'it is none'}.")
        )
        return found
    except (yaml.YAMLError, RecursionError, ValueError):
        found.problems.append(ImportProblem("the file", "", "It cannot be read as YAML."))
        return found
    people = _people(root)
    if people is None:
        what = "A list of people is expected: “people:”, and below it one “- name: …” for each."
        found.problems.append(ImportProblem("the file", "", what))
        return found
    for n, node in enumerate(people.value):
        place = f"people[{n}], line {node.start_mark.line + 1}"
        if isinstance(node, yaml.MappingNode):
            _mapping(node, place, found)
        else:
            found.problems.append(
                ImportProblem(place, "", "A person is expected: “name: …”, “role: …” and so on.")
            )
    return found


def _people(root: yaml.Node | None) -> yaml.SequenceNode | None:
    if isinstance(root, yaml.MappingNode):
        root = next((value for key, value in root.value if key.value == "people"), None)
    return root if isinstance(root, yaml.SequenceNode) else None


def _mapping(node: yaml.MappingNode, place: str, found: _Found) -> None:
    names = [str(key.value).casefold() if isinstance(key, yaml.ScalarNode) else "?" for key, _ in node.value]
    wrong = list(_columns(names, names, place))
    found.problems.extend(wrong)
    if wrong:
        return
    cells: dict[str, str | list[str]] = {}
    for column, (_, value) in zip(names, node.value, strict=True):
        cell = _cell(value)
        if cell is None:
            what = "A text, a list of texts, or for skills “id: number” is expected."
            found.problems.append(ImportProblem(f"{place}", column, what))
            return
        cells[column] = cell
    found.rows.append(_Cells(place, cells))


def _cell(node: yaml.Node) -> str | list[str] | None:
    if isinstance(node, yaml.ScalarNode):
        nothing = node.style is None and node.value in {"~", "null", "Null", "NULL"}
        return "" if nothing else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        whole = all(isinstance(item, yaml.ScalarNode) for item in node.value)
        return [str(item.value) for item in node.value] if whole else None
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
        if all(isinstance(part, yaml.ScalarNode) for part in parts):
            return [f"{key.value}:{value.value}" for key, value in node.value]
    return None


def _items(cell: str | list[str]) -> list[str]:
    return [item.strip() for item in cell if item.strip()] if isinstance(cell, list) else profiles.items(cell)


def _text(cell: str | list[str]) -> str:
    return ", ".join(cell) if isinstance(cell, list) else cell


def _row(cells: _Cells, words: Vocabulary, problems: list[ImportProblem]) -> ImportRow | None:
    readers: Mapping[str, Callable[[str | list[str]], Any]] = {
        "name": lambda cell: profiles.name(_text(cell)),
        "role": lambda cell: profiles.role(_text(cell)),
        "slack": lambda cell: profiles.account(_text(cell)),
        "github": lambda cell: profiles.login(_text(cell)),
        "time_zone": lambda cell: profiles.zone(_text(cell), words.zones),
        "days": lambda cell: profiles.days(_text(cell)),
        "hours": lambda cell: profiles.hours(_text(cell)),
        "skills": lambda cell: profiles.skills(_items(cell), words.skills),
        "stacks": lambda cell: profiles.stacks(_items(cell), words.stacks),
        "goals": lambda cell: profiles.prose(_text(cell), profiles.MOST_OF_GOALS),
        "prefers": lambda cell: profiles.accounts(_items(cell)),
        "capacity": lambda cell: profiles.capacity(_text(cell)),
    }
    values: dict[str, Any] = {}
    wrong = len(problems)
    for column, cell in cells.cells.items():
        try:
            if len(_text(cell)) > _MOST_OF_A_CELL:
                raise UnreadableValueError(f"It has {len(_text(cell))} characters.")
            if make_storable(_text(cell)) != _text(cell):
                raise UnreadableValueError(
                    "It contains a NUL or half of a character, which cannot be stored. Remove it."
                )
            if _text(cell).strip():
                values[column] = readers[column](cell)
        except UnreadableValueError as why:
            problems.append(ImportProblem(cells.place, column, str(why)))
    refused = {problem.column for problem in problems[wrong:]}
    problems.extend(
        ImportProblem(cells.place, column, "It is empty, and is needed.")
        for column in NEEDED
        if column not in values and column not in refused
    )
    if len(problems) == wrong:
        problems.extend(_at_odds(cells.place, values))
    return ImportRow(cells.place, **values) if len(problems) == wrong else None


def _at_odds(place: str, values: Mapping[str, Any]) -> Iterator[ImportProblem]:
    if "capacity" in values and values["role"] is not CohortRole.SENSEI:
        yield ImportProblem(
            place, "capacity", f"Only a sensei takes participants: leave it empty for a {values['role']}."
        )
    if values["slack"] in values.get("prefers", ()):
        yield ImportProblem(place, "prefers", f"{shown(values['slack'])} is this very person.")


def _twice(rows: Sequence[ImportRow]) -> Iterator[ImportProblem]:
    """Find people who stand there twice in one role, or under two names."""
    roles: dict[tuple[str, CohortRole], str] = {}
    names: dict[str, ImportRow] = {}
    for row in rows:
        before = roles.setdefault((row.slack, row.role), row.place)
        if before != row.place:
            yield ImportProblem(
                row.place, "slack", f"{shown(row.slack)} is a {row.role} already, in {before}."
            )
            continue
        first = names.setdefault(row.slack, row)
        if first.name != row.name:
            yield ImportProblem(
                row.place, "name", f"{first.place} calls {shown(row.slack)} {shown(first.name)}."
            )


def describe_problems(problems: Sequence[ImportProblem]) -> list[str]:
    """Write what is wrong, a line each, and no more lines than somebody reads."""
    lines = [str(problem) for problem in problems[:MOST_PROBLEMS]]
    more = len(problems) - len(lines)
    return [*lines, f"and {more} more."] if more else lines


def merge_profile(row: ImportRow, now: Profile | None, time_zone: str, prefers: tuple[str, ...]) -> Profile:
    """Return what somebody's profile is once a row is taken: what the row leaves empty stays as it is now.

    ``time_zone`` is where nobody has said another; ``prefers`` are the people whom the row names.
    """
    capacity = profiles.DEFAULT_CAPACITY if row.role is CohortRole.SENSEI else 0
    before = now or Profile(WorkingHours(time_zone, MONDAY_TO_FRIDAY), capacity=capacity)
    hours = before.hours
    begins, ends = row.hours or (hours.begins, hours.ends)
    return replace(
        before,
        hours=WorkingHours(row.time_zone or hours.time_zone, row.days or hours.days, begins, ends),
        skills=before.skills if row.skills is None else row.skills,
        stacks=before.stacks if row.stacks is None else row.stacks,
        goals=before.goals if row.goals is None else row.goals,
        prefers=before.prefers if row.prefers is None else prefers,
        capacity=before.capacity if row.capacity is None else row.capacity,
    )


def changed_columns(before: Profile | None, after: Profile) -> tuple[str, ...]:
    """Return the columns in which two profiles differ."""
    if before is None:
        return ("profile",)
    old, new = before.hours, after.hours
    differ = {
        "time_zone": old.time_zone != new.time_zone,
        "days": set(old.days) != set(new.days),
        "hours": (old.begins, old.ends) != (new.begins, new.ends),
        "skills": dict(before.skills) != dict(after.skills),
        "stacks": set(before.stacks) != set(after.stacks),
        "goals": before.goals != after.goals,
        "prefers": before.prefers != after.prefers,
        "capacity": before.capacity != after.capacity,
        "brief": before.brief != after.brief,
    }
    return tuple(column for column, changed in differ.items() if changed)


def write_csv(rows: Sequence[ImportRow]) -> str:
    """Write people as CSV that ``read`` takes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        begins, ends = row.hours or (0, 0)
        writer.writerow(
            [
                row.name,
                row.role,
                row.slack,
                row.github or "",
                row.time_zone or "",
                profiles.written_days(row.days) if row.days else "",
                f"{profiles.written_clock(begins)}-{profiles.written_clock(ends)}" if row.hours else "",
                "; ".join(f"{skill}:{much}" for skill, much in (row.skills or {}).items()),
                "; ".join(row.stacks or ()),
                row.goals or "",
                "; ".join(row.prefers or ()),
                "" if row.capacity is None else row.capacity,
            ]
        )
    return out.getvalue()


SAMPLES = (
    ImportRow(
        "row 2",
        "Sample Participant (replace me)",
        CohortRole.PARTICIPANT,
        "participant@example.org",
        "sample-login",
        "Europe/Madrid",
        MONDAY_TO_FRIDAY,
        (9 * 60, 17 * 60 + 30),
        {"security": 3, "validation": 2},
        ("anthropic",),
        "Sample: to know what an evaluation proves, and what not.",
        ("sensei@example.org",),
    ),
    ImportRow(
        "row 3",
        "Sample Sensei (replace me)",
        CohortRole.SENSEI,
        "sensei@example.org",
        None,
        "Europe/London",
        (Weekday.MON, Weekday.WED),
        (10 * 60, 16 * 60),
        {"security": 3, "validation": 2},
        ("anthropic", "google-adk"),
        None,
        None,
        3,
    ),
)
"""Two people who do not exist, for a template."""
