"""The rows in a file of people, and their problems."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.dojo.people import CohortRole, Weekday

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
REQUIRED_COLUMNS = ("name", "role", "slack")
MOST_PROBLEMS = 200
"""Maximum problems listed. A file with more usually repeats the same mistake."""


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A problem in a file. ``place`` is ``row 3``, ``people[2], line 14`` or ``the file``.

    ``column`` is empty if the problem is not about one column.
    """

    place: str
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.place}, {self.column}" if self.column else self.place
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A person in one role, as described in the file. None means that the cell is empty.

    ``slack`` and ``prefers`` are Slack user ids or e-mail addresses, as written in the file.
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
class NamedAccount:
    """A Slack account in a file: ``word`` is a user id or an e-mail address, as written there."""

    place: str
    column: str
    word: str


@dataclass(frozen=True, slots=True)
class ImportTable:
    """Either a file's rows or all its problems, never both.

    ``readable`` are the rows without problems of their own, and ``accounts`` the accounts named in any row.
    With them, the problems that only Slack knows about can be reported together with the others.
    """

    rows: tuple[ImportRow, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    readable: tuple[ImportRow, ...] = ()
    accounts: tuple[NamedAccount, ...] = ()


def sort_problems(problems: Iterable[ImportProblem]) -> tuple[ImportProblem, ...]:
    """Return problems in the order of rows, each only once."""
    return tuple(sorted(dict.fromkeys(problems), key=_find_row))


def _find_row(problem: ImportProblem) -> int:
    number = re.search(r"\d+", problem.place)
    return int(number[0]) if number else -1


def describe_problems(problems: Sequence[ImportProblem]) -> list[str]:
    """Return a line for each of the first ``MOST_PROBLEMS`` problems, and the number of others."""
    lines = [str(problem) for problem in problems[:MOST_PROBLEMS]]
    more = len(problems) - len(lines)
    return [*lines, f"and {more} more."] if more else lines
