"""A file of people as cells under columns: CSV in any spreadsheet's dialect, or YAML.

``people_import`` interprets the cells.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import yaml

from bot.domain.dojo import profiles
from bot.domain.dojo.import_rows import COLUMNS, REQUIRED_COLUMNS, ImportProblem

MOST_BYTES = 4 * 1024 * 1024
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods are zip files; .xls is an OLE file
_MOST_OF_A_COLUMN_NAME = 40  # characters, in messages

FileKind = Literal["csv", "yaml"]


@dataclass(frozen=True, slots=True)
class RowCells:
    """A row before its cells are interpreted: text, or a list of texts, by column."""

    place: str
    cells: Mapping[str, str | list[str]]


@dataclass
class FileCells:
    """The rows that could be split into cells, and the problems with the others."""

    rows: list[RowCells] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)


def kind_of(name: str) -> FileKind:
    """Return the kind of a file by its name. Anything but YAML is read as CSV."""
    return "yaml" if name.lower().endswith((".yaml", ".yml")) else "csv"


def read_cells(data: bytes, kind: FileKind) -> FileCells:
    """Split a file into rows and cells."""
    text = _decode(data)
    if isinstance(text, ImportProblem):
        return FileCells(problems=[text])
    return _read_csv(text) if kind == "csv" else _read_yaml(text)


def _decode(data: bytes) -> str | ImportProblem:
    if len(data) > MOST_BYTES:
        message = f"Too large: {len(data)} bytes; at most {MOST_BYTES} are allowed."
        return ImportProblem("the file", "", message)
    if data.startswith(_WORKBOOK):
        message = "This is an Excel or LibreOffice workbook. Save the list of people as “CSV UTF-8”."
        return ImportProblem("the file", "", message)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return ImportProblem("the file", "", "UTF-16 is not supported. Save the file as “CSV UTF-8”.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"byte {error.start + 1} (0x{data[error.start]:02X})"
        return ImportProblem(f"line {line}", "", f"{byte} is not UTF-8. Save the file as “CSV UTF-8”.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return ImportProblem(f"line {line}", "", "This contains a NUL character, so it is not a text file.")
    return text


# -- CSV


def _read_csv(text: str) -> FileCells:
    file = FileCells()
    # Some old spreadsheets end lines with only a carriage return.
    lines = io.StringIO(text if "\n" in text else text.replace("\r", "\n"), newline="")
    reader = csv.reader(lines, delimiter=_find_separator(text), strict=True)
    header: dict[int, str] | None = None
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _read_header(cells, f"row {number}", file.problems)
                if file.problems:
                    return file
                continue
            _add_csv_row(cells, header, f"row {number}", file)
    except csv.Error as error:
        message = (
            f"This is not valid CSV (line {reader.line_num}: {error}). Inside a quoted cell, write "
            "each quotation mark twice."
        )
        file.problems.append(ImportProblem(f"row {number + 1}", "", message))
    return file


def _find_separator(text: str) -> str:
    """Return the separator between cells. Spreadsheets use different ones in different countries."""
    first_line = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first_line.count)


def _read_header(cells: Sequence[str], place: str, problems: list[ImportProblem]) -> dict[int, str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    columns = [re.sub(r"[\s-]+", "_", cell.strip().casefold()) for cell in cells]
    problems.extend(_check_columns(columns, [cell.strip() for cell in cells], place))
    return dict(enumerate(columns))


def _add_csv_row(cells: Sequence[str], header: Mapping[int, str], place: str, file: FileCells) -> None:
    if any(cell.strip() for cell in cells[len(header) :]):
        message = (
            f"This row has {len(cells)} cells for {len(header)} columns. Put quotes around a cell that "
            "contains the separator."
        )
        file.problems.append(ImportProblem(place, header[len(header) - 1], message))
        return
    file.rows.append(RowCells(place, dict(zip(header.values(), cells, strict=False))))


def _check_columns(columns: Sequence[str], as_written: Sequence[str], place: str) -> Iterator[ImportProblem]:
    """Yield problems with column names."""
    for index, (column, written) in enumerate(zip(columns, as_written, strict=True)):
        if column not in COLUMNS:
            hint = profiles.suggest_nearest(column, COLUMNS) or f" The columns are: {', '.join(COLUMNS)}."
            name = written[:_MOST_OF_A_COLUMN_NAME] or f"column {index + 1}"
            yield ImportProblem(place, name, f"There is no such column.{hint}")
        elif column in columns[:index]:
            yield ImportProblem(place, column, "This column appears twice.")
    for column in REQUIRED_COLUMNS:
        if column not in columns:
            yield ImportProblem(place, column, "This column is missing.")


# -- YAML


def _read_yaml(text: str) -> FileCells:
    file = FileCells()
    try:
        # Nodes record their line numbers, and the base loader reads every scalar as text.
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else "the file"
        reason = f": {error.problem}" if error.problem else ""
        file.problems.append(ImportProblem(place, "", f"This is not valid YAML{reason}."))
        return file
    except (yaml.YAMLError, RecursionError, ValueError):
        file.problems.append(ImportProblem("the file", "", "This is not valid YAML."))
        return file
    people = _find_people(root)
    if people is None:
        message = "No list of people found. Write “people:”, and below it “- name: …” for each person."
        file.problems.append(ImportProblem("the file", "", message))
        return file
    for index, node in enumerate(people.value):
        place = f"people[{index}], line {node.start_mark.line + 1}"
        if isinstance(node, yaml.MappingNode):
            _add_yaml_row(node, place, file)
        else:
            message = "This must be a person: “name: …”, “role: …” and so on."
            file.problems.append(ImportProblem(place, "", message))
    return file


def _find_people(root: yaml.Node | None) -> yaml.SequenceNode | None:
    if isinstance(root, yaml.MappingNode):
        root = next((value for key, value in root.value if key.value == "people"), None)
    return root if isinstance(root, yaml.SequenceNode) else None


def _add_yaml_row(node: yaml.MappingNode, place: str, file: FileCells) -> None:
    columns = [
        str(key.value).casefold() if isinstance(key, yaml.ScalarNode) else "?" for key, _ in node.value
    ]
    problems = list(_check_columns(columns, columns, place))
    file.problems.extend(problems)
    if problems:
        return
    cells: dict[str, str | list[str]] = {}
    for column, (_, value) in zip(columns, node.value, strict=True):
        cell = _read_node(value)
        if cell is None:
            message = "This must be text or a list of texts. For skills, “id: number” also works."
            file.problems.append(ImportProblem(place, column, message))
            return
        cells[column] = cell
    file.rows.append(RowCells(place, cells))


def _read_node(node: yaml.Node) -> str | list[str] | None:
    """Return a node's text or texts, with ``key:value`` for each pair in a mapping; None if nested."""
    if isinstance(node, yaml.ScalarNode):
        is_null = node.style is None and node.value in {"~", "null", "Null", "NULL"}
        return "" if is_null else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        is_flat = all(isinstance(item, yaml.ScalarNode) for item in node.value)
        return [str(item.value) for item in node.value] if is_flat else None
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
        if all(isinstance(part, yaml.ScalarNode) for part in parts):
            return [f"{key.value}:{value.value}" for key, value in node.value]
    return None
