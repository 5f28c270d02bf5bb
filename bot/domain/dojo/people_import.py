"""Reading a cohort's people from a file.

All problems are reported at once. Each names its row and column, the expected value and the nearest known
word. An empty cell doesn't change an existing member.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.dojo import profiles
from bot.domain.dojo.import_rows import (
    REQUIRED_COLUMNS,
    ImportProblem,
    ImportRow,
    ImportTable,
    NamedAccount,
    sort_problems,
)
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.people_file import FileKind, RowCells, read_cells
from bot.domain.dojo.profiles import UnreadableValueError, Vocabulary, quote_word
from bot.domain.text.storable_text import make_storable

MOST_ROWS = 5000
_MOST_OF_A_CELL = 10_000  # characters
_NO_TIME_ZONE = "This command doesn't ask Slack for time zones. Enter an IANA name such as Europe/Madrid."


@dataclass(frozen=True, slots=True)
class _RowPerson:
    """Who a row is about, even if other cells of the row can't be read; these are None."""

    place: str
    slack: str
    role: CohortRole
    name: str | None
    github: str | None


def read_people(
    data: bytes, kind: FileKind, vocabulary: Vocabulary, *, needs_time_zones: bool = False
) -> ImportTable:
    """Return the people in a file, or all its problems.

    ``needs_time_zones`` makes the time zone of participants and senseis required, for use without Slack.
    """
    file = read_cells(data, kind)
    problems = file.problems
    if not problems and not file.rows:
        problems.append(ImportProblem("the file", "", "No people found."))
    if len(file.rows) > MOST_ROWS:
        message = (
            f"Too many people: {len(file.rows)}; at most {MOST_ROWS} can be imported at once. Split the file."
        )
        return ImportTable(problems=(ImportProblem("the file", "", message),))
    if needs_time_zones and file.rows and not any("time_zone" in row.cells for row in file.rows):
        problems.append(ImportProblem("the file", "time_zone", f"This column is missing. {_NO_TIME_ZONE}"))
        needs_time_zones = False
    rows: list[ImportRow] = []
    accounts: list[NamedAccount] = []
    people: list[_RowPerson] = []
    for cells in file.rows:
        before = len(problems)
        values = _read_row(cells, vocabulary, problems, needs_time_zones=needs_time_zones)
        accounts.extend(_list_accounts(cells.place, values))
        if "slack" in values and "role" in values:
            known = (values.get(column) for column in ("name", "github"))
            people.append(_RowPerson(cells.place, values["slack"], values["role"], *known))
        if len(problems) == before:
            rows.append(ImportRow(cells.place, **values))
    problems.extend(_find_duplicates(people))
    problems.extend(_find_shared_logins(people))
    if problems:
        return ImportTable((), sort_problems(problems), tuple(rows), tuple(accounts))
    return ImportTable(tuple(rows), (), tuple(rows), tuple(accounts))


def _list_accounts(place: str, values: Mapping[str, Any]) -> Iterator[NamedAccount]:
    if "slack" in values:
        yield NamedAccount(place, "slack", values["slack"])
    for word in values.get("prefers", ()):
        yield NamedAccount(place, "prefers", word)


def _read_row(
    row: RowCells, vocabulary: Vocabulary, problems: list[ImportProblem], *, needs_time_zones: bool
) -> dict[str, Any]:
    """Return the values of a row that can be read, and add its problems to ``problems``."""
    readers = _make_readers(vocabulary)
    values: dict[str, Any] = {}
    before = len(problems)
    for column, cell in row.cells.items():
        try:
            _check_cell(_as_text(cell))
            if _as_text(cell).strip():
                values[column] = readers[column](cell)
        except UnreadableValueError as fault:
            problems.append(ImportProblem(row.place, column, str(fault)))
    unreadable = {problem.column for problem in problems[before:]}
    problems.extend(
        ImportProblem(row.place, column, "This cell is empty, but it is required.")
        for column in REQUIRED_COLUMNS
        if column not in values and column not in unreadable
    )
    lacks_zone = "time_zone" not in values and "time_zone" not in unreadable
    if needs_time_zones and lacks_zone and values.get("role") is not CohortRole.LEAD:
        problems.append(ImportProblem(row.place, "time_zone", _NO_TIME_ZONE))
    problems.extend(_find_contradictions(row.place, values))
    return values


def _make_readers(vocabulary: Vocabulary) -> Mapping[str, Callable[[str | list[str]], Any]]:
    return {
        "name": lambda cell: profiles.read_name(_as_text(cell)),
        "role": lambda cell: profiles.read_role(_as_text(cell)),
        "slack": lambda cell: profiles.read_account(_as_text(cell)),
        "github": lambda cell: profiles.read_login(_as_text(cell)),
        "time_zone": lambda cell: profiles.read_time_zone(_as_text(cell), vocabulary.zones),
        "days": lambda cell: profiles.read_days(_as_text(cell)),
        "hours": lambda cell: profiles.read_hours(_as_text(cell)),
        "skills": lambda cell: profiles.read_skills(_as_items(cell), vocabulary.skills),
        "stacks": lambda cell: profiles.read_stacks(_as_items(cell), vocabulary.stacks),
        "goals": lambda cell: profiles.read_prose(_as_text(cell), profiles.MOST_OF_GOALS),
        "prefers": lambda cell: profiles.read_accounts(_as_items(cell)),
        "capacity": lambda cell: profiles.read_capacity(_as_text(cell)),
    }


def _check_cell(text: str) -> None:
    if len(text) > _MOST_OF_A_CELL:
        raise UnreadableValueError(f"This has {len(text)} characters; at most {_MOST_OF_A_CELL} are allowed.")
    if make_storable(text) != text:
        raise UnreadableValueError(
            "This contains a NUL or an incomplete character, which cannot be stored. Remove it."
        )


def _as_items(cell: str | list[str]) -> list[str]:
    if isinstance(cell, list):
        return [item.strip() for item in cell if item.strip()]
    return profiles.split_list(cell)


def _as_text(cell: str | list[str]) -> str:
    return ", ".join(cell) if isinstance(cell, list) else cell


def _find_contradictions(place: str, values: Mapping[str, Any]) -> Iterator[ImportProblem]:
    """Yield values in a row that contradict each other."""
    if "capacity" in values and values.get("role", CohortRole.SENSEI) is not CohortRole.SENSEI:
        message = f"Only senseis have a capacity. Leave this empty for a {values['role']}."
        yield ImportProblem(place, "capacity", message)
    if values.get("slack") in values.get("prefers", ()):
        message = f"{quote_word(values['slack'])} is the person in this row. People can't prefer themselves."
        yield ImportProblem(place, "prefers", message)


def _find_duplicates(people: Sequence[_RowPerson]) -> Iterator[ImportProblem]:
    """Yield people who appear twice in the same role, or under two names."""
    places: dict[tuple[str, CohortRole], str] = {}
    first_names: dict[str, tuple[str, str]] = {}
    for person in people:
        place = places.setdefault((person.slack, person.role), person.place)
        if place != person.place:
            message = f"{quote_word(person.slack)} is already a {person.role}, in {place}."
            yield ImportProblem(person.place, "slack", message)
            continue
        if person.name is None:
            continue
        first_place, first_name = first_names.setdefault(person.slack, (person.place, person.name))
        if first_name != person.name:
            message = (
                f"{quote_word(person.slack)} has a different name in {first_place}: {quote_word(first_name)}."
            )
            yield ImportProblem(person.place, "name", message)


def _find_shared_logins(people: Sequence[_RowPerson]) -> Iterator[ImportProblem]:
    """Yield GitHub accounts that are expected of two people: only one of them can link it.

    An address and a user id may belong to the same person, so they aren't compared.
    """
    first: dict[tuple[str, bool], _RowPerson] = {}
    for person in people:
        if person.github is None:
            continue
        before = first.setdefault((person.github.casefold(), "@" in person.slack), person)
        if before.slack != person.slack:
            message = (
                f"{quote_word(person.github)} is already the account of another person, in {before.place}."
            )
            yield ImportProblem(person.place, "github", message)
