import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from bot.adapters.files import rubrics, sample_repositories
from tests import reviewing, sensei
from tests.rendering import reports

pytestmark = pytest.mark.contract

REPORT = json.loads((sensei.ROOT / "bot" / "report.schema.json").read_text())
RUBRIC = json.loads((sensei.ROOT / "rubrics" / "schema.json").read_text())


@pytest.mark.parametrize("name", sample_repositories.sample_names())
@pytest.mark.parametrize("baseline", [False, True])
def test_every_report_fits_the_schema_that_ships(tmp_path: Path, name: str, baseline: bool) -> None:
    sample = sample_repositories.build(name, tmp_path / name)
    base = None if baseline else sample.base
    report = reviewing.review(sample.path, base, sample.head, baseline=baseline)
    Draft202012Validator(REPORT).validate(json.loads(report.as_json()))


@pytest.mark.parametrize(
    "change",
    [
        {"level": 3},
        {"kind": "grade"},
        {"base": "main"},
        {"complete": "yes"},
        {"movements": [{"check": "a.1"}]},
    ],
)
def test_what_is_no_report_does_not_fit_it(change: dict[str, object]) -> None:
    document = json.loads(reports.full().as_json())
    validator = Draft202012Validator(REPORT)
    validator.validate(document)
    assert list(validator.iter_errors(document | change))


@pytest.mark.parametrize(
    "path", [rubrics.rubric_path("capstone"), *rubrics.pack_files()], ids=lambda path: path.stem
)
def test_every_shipped_rubric_fits_the_schema_that_editors_use(path: Path) -> None:
    loaded = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    document = json.loads(json.dumps(loaded, default=str))  # a date, as editors see it
    Draft202012Validator(RUBRIC).validate(document)
    assert list(Draft202012Validator(RUBRIC).iter_errors(document | {"colour": "red"}))
