"""The answers of the evaluation load, and a file with an error is named with the place."""

from pathlib import Path

import pytest

from bot.adapters.files.answer_cases import load_cases, load_second_reader
from bot.bootstrap import wiring
from bot.errors import UserError
from bot.settings import Settings

CASE = """\
schema: sensei.answer-cases/1
cases:
  - id: terse-one
    kind: terse
    check: reliability.timeouts
    question: What happens when the provider hangs?
    path: app.py
    quote: client.call()
    messages: [We wait.]
    heard: {stance: argues, slots: [decided]}
"""


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_what_is_in_the_repository_loads_and_is_about_checks_that_exist() -> None:
    cases, second = load_cases(None), load_second_reader(None)
    rules = wiring.load_articulation(wiring.load_library(Settings(_env_file=None)))
    assert {case.check for case in cases} <= rules.levels.keys()
    assert second.keys() <= {case.id for case in cases}
    assert len(second) == 100


def test_one_case_is_chosen_by_its_name(tmp_path: Path) -> None:
    assert [case.id for case in load_cases(write(tmp_path, "cases.yaml", CASE), "terse-one")] == ["terse-one"]
    with pytest.raises(UserError, match="has no case called other"):
        load_cases(tmp_path, "other")


def test_without_a_second_reader_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert load_second_reader(write(tmp_path, "cases.yaml", CASE)) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CASE.replace("stance: argues", "stance: shouts"), "cases.0.heard.stance"),
        (CASE.replace("answer-cases/1", "answer-cases/2"), "schema"),
        ("a: [", "is not YAML"),
        (CASE + CASE[CASE.index("  - id") :], "two cases are called terse-one"),
    ],
)
def test_an_error_names_the_file_and_the_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UserError, match=r"cases\.yaml") as refused:
        load_cases(write(tmp_path, "cases.yaml", text))
    assert said in str(refused.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder"):
        load_cases(tmp_path / "none")
