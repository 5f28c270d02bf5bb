import json
from pathlib import Path

import pytest

from bot.adapters.files.saved_reports import load
from bot.domain.rubrics.rubric import Library
from bot.errors import UserError
from tests.domain import rubric_builders as rubrics
from tests.rendering import reports

LIBRARY = Library(rubrics.rubric(), ())
FULL = json.loads(reports.full().as_json())


def saved(folder: Path, document: object) -> Path:
    path = folder / "report.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def test_what_review_printed_is_read_back(tmp_path: Path) -> None:
    report = reports.full()
    printed = report.model_copy(update={"concerns": report.concerns[:2]})
    assert load(saved(tmp_path, printed.as_json()), LIBRARY) == printed


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{", "not JSON"),
        ("[]", "has no schema"),
        ({}, "has no schema"),
        ({"schema": "sensei.ledger/1"}, "sensei.ledger/1"),
        ({"schema": ["sensei.report/1"]}, "has no schema"),
        (FULL | {"schema": "sensei.report/2"}, "sensei.report/2"),
        (FULL | {"level": 3}, "level"),
        (FULL | {"complete": "yes"}, "complete"),
        (FULL | {"movements": [{"check": "a.1"}]}, "movements.0"),
        (FULL | {"rubric": FULL["rubric"] | {"version": "2.0.0"}}, "small 2.0.0"),
        (FULL | {"rubric": FULL["rubric"] | {"id": "other"}}, "other 1.0.0"),
        ({"schema": "sensei.report/1", "kind": "\ud800"}, "not a report"),
    ],
)
def test_what_is_no_report_of_this_rubric_is_told_in_one_message(
    tmp_path: Path, document: object, expected: str
) -> None:
    path = saved(tmp_path, document)
    with pytest.raises(UserError) as told:
        load(path, LIBRARY)
    assert str(path) in told.value.what
    assert expected in told.value.what
    assert told.value.remedy
    assert "\n" not in str(told.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, expected in [(tmp_path / "none.json", "no file"), (tmp_path, "not a file")]:
        with pytest.raises(UserError, match=expected):
            load(path, LIBRARY)


def test_a_key_in_an_edited_report_is_hidden(tmp_path: Path) -> None:
    key = "sk-ant-" + "api03-" + "Zq8vR2" * 16
    document = json.loads(reports.report(concerns=(reports.concern(),)).as_json())
    document["concerns"][0]["citation"]["quote"] = f'key = "{key}"'
    report = load(saved(tmp_path, document), LIBRARY)
    assert key not in report.as_json()
    assert report.concerns[0].citation.redacted
