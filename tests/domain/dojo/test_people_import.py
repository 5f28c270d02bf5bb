"""People from a file: what is taken, and what is told of what is not."""

import csv
import io
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo import people_file
from bot.domain.dojo.import_rows import COLUMNS, ImportRow, ImportTable, describe_problems
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, CohortRole, Weekday
from bot.domain.dojo.people_csv import SAMPLES, write_csv
from bot.domain.dojo.people_file import FileKind
from bot.domain.dojo.people_import import read_people
from bot.domain.dojo.profiles import Vocabulary
from tests.domain.dojo.import_rows import FULL

ZONES = frozenset({"Europe/Madrid", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC"})
SKILLS = {"security": "Security", "validation": "Validation", "performance_cost": "Performance and cost"}
STACKS = {"anthropic": "Anthropic", "google-adk": "Google ADK"}
WORDS = Vocabulary(SKILLS, STACKS, ZONES)
HEAD = "name,role,slack"
ADA = "Ada,participant,ada@example.org"


def of(text: str | bytes, kind: FileKind = "csv") -> ImportTable:
    return read_people(text if isinstance(text, bytes) else text.encode(), kind, WORDS)


def the_problem(text: str | bytes, kind: FileKind = "csv") -> str:
    table = of(text, kind)
    assert table.rows == ()
    return "\n".join(map(str, table.problems))


CELLS = {
    "name": "Ada",
    "role": "sensei",
    "slack": "Ada@Example.org",
    "github": "@ada-l",
    "time_zone": "europe/madrid",
    "days": "wed, Monday",
    "hours": "9:00 – 17.30",
    "skills": "security:3; Validation: 2",
    "stacks": "Google ADK",
    "goals": "To learn;\r\nslowly, well.",
    "prefers": "U0000001; BO@example.org",
    "capacity": "3",
}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_of_any_country_is_read(separator: str, end: str, bom: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerows([CELLS.keys(), [], CELLS.values(), ["", " "]])
    table = of(bom + out.getvalue())
    assert table.problems == ()
    assert table.rows == (replace(FULL, place="row 3"),)


def test_yaml_says_the_same_as_text_or_as_lists() -> None:
    plain = "\n".join(f"    {key}: {value!r}" for key, value in CELLS.items() if key != "goals")
    lists = """\
- name: Ada
  role: sensei
  slack: ada@example.org
  github: ada-l
  time_zone: Europe/Madrid
  days: [mon, wed]
  hours: 09:00-17:30
  skills: {security: 3, validation: 2}
  stacks:
    - google-adk
  goals: |
    To learn;
    slowly, well.
  prefers: [U0000001, bo@example.org]
  capacity: 3
- {name: No, role: lead, slack: U0000002, goals: ~}
"""
    first = of(f"people:\n  -\n{plain}\n", "yaml")
    assert first.rows == (replace(FULL, place="people[0], line 3", goals=None),)
    second = of(lists, "yaml")
    assert second.problems == ()
    assert second.rows[0] == replace(FULL, place="people[0], line 1")
    assert second.rows[1] == ImportRow("people[1], line 16", "No", CohortRole.LEAD, "U0000002")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file: No people found."),
        (HEAD, "the file: No people found."),
        ("nme,role,slack\n" + ADA, "row 1, nme: There is no such column. Did you mean name?"),
        ("name,role,slack,never\n", "row 1, never: There is no such column. The columns are: name, role"),
        ("name,role\n", "row 1, slack: This column is missing."),
        ("name,role,slack,role\n", "row 1, role: This column appears twice."),
        (f"{HEAD}\n,participant,a@b.org", "row 2, name: This cell is empty, but it is required."),
        (
            f"{HEAD}\nAda,particpant,a@b.org",
            "row 2, role: “particpant” is not a role. Did you mean participant?",
        ),
        (
            f"{HEAD}\nAda,boss,a@b.org",
            "row 2, role: “boss” is not a role. Use one of: lead, participant, sensei.",
        ),
        (f"{HEAD}\nAda,lead,ada", "row 2, slack: “ada” is not a Slack account. Use an e-mail address"),
        (f"{HEAD}\n{ADA},x\n", "row 2, slack: This row has 4 cells for 3 columns"),
        (f"{HEAD},github\n{ADA},a b", "row 2, github: “a b” is not a GitHub login"),
        (
            f"{HEAD},time_zone\n{ADA},Europe/Madird",
            "row 2, time_zone: “Europe/Madird” is not a time zone. Did you mean Europe/Madrid?",
        ),
        (f"{HEAD},time_zone\n{ADA},Madrid", "Did you mean Europe/Madrid?"),
        (
            f"{HEAD},days\n{ADA},mon-fry",
            "row 2, days: “fry” is not a day. Write days like mon-fri or mon, wed. Did",
        ),
        (
            f"{HEAD},hours\n{ADA},nine to five",
            "row 2, hours: “nine to five” is not a range of hours",
        ),
        (f"{HEAD},hours\n{ADA},22:00-06:00", "row 2, hours: The end must be later"),
        (f"{HEAD},hours\n{ADA},09:00-25:00", "row 2, hours: “25:00” is not a time of day"),
        (
            f"{HEAD},skills\n{ADA},securty:3",
            "row 2, skills: “securty” is not a skill. Did you mean security?",
        ),
        (
            f"{HEAD},skills\n{ADA},security",
            "row 2, skills: “security” needs a rating from 1 to 3, such as security:2.",
        ),
        (f"{HEAD},skills\n{ADA},security:4", "row 2, skills: “security:4” needs a rating from 1 to 3"),
        (f"{HEAD},skills\n{ADA},security:1;security:2", "row 2, skills: security appears twice"),
        (
            f"{HEAD},stacks\n{ADA},antropic",
            "row 2, stacks: “antropic” is not a stack. Did you mean anthropic?",
        ),
        (
            f"{HEAD},goals\n{ADA},{'a' * 1001}",
            "row 2, goals: This has 1001 characters; at most 1000",
        ),
        (
            f"{HEAD},prefers\n{ADA},ADA@example.org",
            "row 2, prefers: “ada@example.org” is the person",
        ),
        (f"{HEAD},capacity\n{ADA},2", "row 2, capacity: Only senseis have a capacity. Leave this empty"),
        (f"{HEAD},capacity\nBo,sensei,b@c.org,many", "row 2, capacity: “many” is not a number from 0 to 20."),
        (f"{HEAD}\n{ADA}\n{ADA}", "row 3, slack: “ada@example.org” is already a participant, in row 2."),
        (
            f"{HEAD}\n{ADA}\nBo,lead,ada@example.org",
            "row 3, name: “ada@example.org” has a different name in row 2: “Ada”.",
        ),
        (
            f"{HEAD},github\n{ADA},ada-l\nBo,lead,b@c.org,@Ada-L",
            "row 3, github: “Ada-L” is already the account of another person, in row 2.",
        ),
        (f'{HEAD}\n"Ada" L,lead,a@b.org', "row 2: This is not valid CSV (line 2: "),
        (f'{HEAD}\n"Ada', "row 2: This is not valid CSV (line 2: unexpected end of data)"),
        (f"{HEAD}\n{ADA}\nRené".encode("latin-1"), "line 3: byte 52 (0xE9) is not UTF-8. Save the file as"),
        (b"PK\x03\x04\x14\0\x06\0", "the file: This is an Excel or LibreOffice workbook. Save the list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "the file: This is an Excel or LibreOffice workbook. Save the list"),
        (f"{HEAD}\n{ADA}".encode("utf-16"), "the file: UTF-16 is not supported."),
        (f"{HEAD}\nA\0,lead,a@b.org", "line 2: This contains a NUL character"),
        (
            f"{HEAD}\n" + f"{ADA}\n" * 5001,
            "the file: Too many people: 5001; at most 5000 can be",
        ),
        (b"a" * (people_file.MOST_BYTES + 1), "the file: Too large: 4194305 bytes"),
    ],
)
def test_what_is_wrong_is_told_with_its_row_and_column(text: str | bytes, told: str) -> None:
    assert told in the_problem(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file: No list of people found."),
        ("people: 3", "the file: No list of people found."),
        ("people:\n- Ada", "people[0], line 2: This must be a person"),
        ("people:\n- name: [a\n", "line 3: This is not valid YAML"),
        ("- {name: A, name: B, role: lead, slack: U0000001}", "people[0], line 1, name: This column appears"),
        (
            "- {name: A, role: lead, slack: U0000001, days: [[mon]]}",
            "people[0], line 1, days: This must be text or a list",
        ),
        ("- {name: A, rol: lead, slack: U0000001}", "rol: There is no such column. Did you mean role?"),
        (
            "- {name: A, role: lead, slack: U0000001}\n- {name: B, role: led, slack: U2}",
            "people[1], line 2, role",
        ),
        ("[" * 5000, "YAML"),
        ("a: &a [x]\npeople: [*a, *a]", "people[0], line 1: This must be a person"),
        ("- !!python/object:os.system {name: A}", "people[0], line 1, role: This column is missing."),
    ],
)
def test_what_is_wrong_in_yaml_is_told_with_its_place(text: str, told: str) -> None:
    assert told in the_problem(text, "yaml")


def test_one_person_with_two_roles_may_repeat_their_login() -> None:
    again = "Ada,lead,ada@example.org,ADA-l\nAda,sensei,U0000001,ada-l"
    assert len(of(f"{HEAD},github\n{ADA},ada-l\n{again}").rows) == 3


def test_an_account_that_appears_twice_is_told_beside_the_other_mistakes_of_its_row() -> None:
    told = the_problem(f"{HEAD},hours\n{ADA},9-99\n{ADA},99-9\n,lead,ada@example.org,").splitlines()
    assert "row 3, slack: “ada@example.org” is already a participant, in row 2." in told
    assert [line.split(":")[0] for line in told] == [
        "row 2, hours",
        "row 3, hours",
        "row 3, slack",
        "row 4, name",
    ]


def test_all_that_is_wrong_is_told_at_once_and_no_more_than_somebody_reads() -> None:
    table = of(f"{HEAD},hours,days\n" + "".join(f"A,led,u{n}@x.org,9,fry\n" for n in range(80)))
    assert len(table.problems) == 240
    told = describe_problems(table.problems)
    assert len(told) == 201
    assert told[-1] == "and 40 more."


def test_rows_with_problems_still_say_which_accounts_they_name() -> None:
    table = of(
        f"{HEAD},prefers,capacity\nAda,led,ada@example.org,U0000001,x\nBo,lead,bo@example.org,,\nCy,lead,cy,,"
    )
    assert [str(problem).partition(":")[0] for problem in table.problems] == [
        "row 2, role",
        "row 2, capacity",
        "row 4, slack",
    ]
    assert [(account.place, account.column, account.word) for account in table.accounts] == [
        ("row 2", "slack", "ada@example.org"),
        ("row 2", "prefers", "U0000001"),
        ("row 3", "slack", "bo@example.org"),
    ]
    assert [row.place for row in table.readable] == ["row 3"]


@pytest.mark.parametrize(
    ("days", "hours", "expected"),
    [
        ("weekdays", "9-17", (MONDAY_TO_FRIDAY, (540, 1020))),
        ("Weekdays", "9 - 17:30", (MONDAY_TO_FRIDAY, (540, 1050))),
        ("weekend; mon", "08.00 to 24", ((Weekday.MON, Weekday.SAT, Weekday.SUN), (480, 1440))),
        ("every day", "9h-17h30", None),
    ],
)
def test_days_and_hours_are_understood_as_people_write_them(
    days: str, hours: str, expected: tuple[object, object] | None
) -> None:
    table = of(f"{HEAD},days,hours\n{ADA},{days},{hours}")
    if expected is None:
        assert "Write it like 9-17 or 09:00-17:30." in str(table.problems[0])
        return
    assert (table.rows[0].days, table.rows[0].hours) == expected


@pytest.mark.parametrize("hours", ["weekdays", "weekdays 9-17", "Mon-Fri 9-17", "9-17 on Mondays"])
def test_days_among_the_hours_are_sent_to_their_own_column(hours: str) -> None:
    told = the_problem(f"{HEAD},hours\n{ADA},{hours}")
    assert "Write it like 9-17 or 09:00-17:30. Days such as mon-fri belong in the days column." in told


def test_somebody_may_be_two_things_in_two_rows() -> None:
    table = of(f"{HEAD}\n{ADA}\nAda,lead,ada@example.org")
    assert [row.role for row in table.rows] == ["participant", "lead"]


def test_the_template_is_a_file_that_is_taken() -> None:
    table = of(write_csv(SAMPLES))
    assert table.rows == SAMPLES
    assert all("sample" in row.name.lower() for row in table.rows)


def test_a_thousand_people_and_more_are_read() -> None:
    table = of(f"{HEAD}\n" + "".join(f"N {n},participant,n{n}@example.org\n" for n in range(2500)))
    assert len(table.rows) == 2500


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=30
)
NAMES = TEXT.map(lambda text: " ".join(text.split())).filter(
    lambda text: any(c.isprintable() and c != " " for c in text)
)
ROWS = st.builds(
    ImportRow,
    st.just(""),
    NAMES,
    st.sampled_from(CohortRole),
    st.integers(0, 10**6).map(lambda n: f"U{n:07}"),
    st.none() | st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True),
    st.none() | st.sampled_from(sorted(ZONES)),
    st.none()
    | st.sets(st.sampled_from(Weekday), min_size=1).map(lambda few: tuple(d for d in Weekday if d in few)),
    st.none() | st.sampled_from(list(combinations(range(0, 1441, 45), 2))),
    st.none() | st.dictionaries(st.sampled_from(sorted(SKILLS)), st.integers(1, 3), min_size=1),
    st.none() | st.lists(st.sampled_from(sorted(STACKS)), min_size=1, unique=True).map(tuple),
    st.none() | TEXT.map(str.strip).filter(bool),
    st.none() | st.lists(st.just("bo@example.org"), min_size=1, max_size=1).map(tuple),
    st.none(),
)


@given(st.lists(ROWS, min_size=1, max_size=5, unique_by=lambda row: row.slack))
def test_people_who_are_written_are_read_as_they_were(rows: list[ImportRow]) -> None:
    table = of(write_csv(rows))
    assert table.problems == ()
    assert [replace(row, place="") for row in table.rows] == rows


CELL = st.one_of(TEXT, st.sampled_from([*CELLS.values(), "lead", "participant", "sensi", "mon-", "9-17", ""]))


@given(
    st.lists(st.one_of(st.sampled_from(COLUMNS), TEXT), min_size=1, max_size=14),
    st.lists(st.lists(CELL, max_size=14), max_size=4),
    st.sampled_from([",", ";"]),
)
def test_any_table_is_taken_or_told_by_row_and_column(
    header: list[str], rows: list[list[str]], separator: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows([header, *rows])
    table = of(out.getvalue())
    assert bool(table.rows) != bool(table.problems)
    for problem in table.problems:
        assert problem.message
        assert problem.place == "the file" or problem.place.startswith("row ")
        assert problem.column or problem.place == "the file" or "is not valid CSV" in problem.message


@given(st.binary(max_size=200), st.sampled_from(["csv", "yaml"]))
def test_any_bytes_can_be_looked_at(data: bytes, kind: FileKind) -> None:
    table = read_people(data, kind, WORDS)
    assert bool(table.rows) != bool(table.problems)
