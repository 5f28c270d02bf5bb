from pathlib import Path

import pytest

from bot.adapters.files import judge_sheets
from bot.domain.evals.judging import JudgeItem, Verdict
from bot.errors import UserError

ITEMS = [
    JudgeItem("1", "question", 'Why "5": a guess?', "a.py, line 1", "   1 >+ x = 5\n   2", "Five", "case-a"),
    JudgeItem("2", "fact", "yes", "a.py, line 1", "   1 >+ x = 5", "", "case-b"),
]


def test_a_sheet_that_is_filled_in_comes_back_with_its_answers(tmp_path: Path) -> None:
    path = tmp_path / "sheet.yaml"
    judge_sheets.write(path, ITEMS)
    text = path.read_text()
    assert text.startswith("# Judge each text by itself.")
    assert "case-a" not in text
    for key, answer in (("as_worded", "yes"), ("stilted", "No".lower()), ("is_true", "true")):
        assert f"  {key}:\n" in text
        text = text.replace(f"  {key}:\n", f"  {key}: {answer}\n")
    path.write_text(text)
    sheet = judge_sheets.load(path)
    assert sheet.answers(Verdict.AS_WORDED) == {"1": "yes"}
    assert sheet.answers(Verdict.STILTED) == {"1": "no"}
    assert sheet.answers(Verdict.IS_TRUE) == {"2": "yes"}
    assert sheet.answers(Verdict.WOULD_ASK) == {}
    assert (sheet.items[0].text, sheet.items[1].text) == ('Why "5": a guess?', "yes")


def test_a_sheet_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sheet.yaml"
    path.write_text("filled")
    with pytest.raises(UserError, match="already exists"):
        judge_sheets.write(path, ITEMS)
    assert path.read_text() == "filled"


def test_a_missing_folder_is_noticed_before_a_model_is_paid(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        judge_sheets.check_new(tmp_path / "missing" / "sheet.yaml")


def test_a_sheet_that_does_not_exist_is_told_without_an_error_number(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"can't be read: No such file or directory\."):
        judge_sheets.load(tmp_path / "sheet.yaml")


@pytest.mark.contract
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  as_worded:\n", "  as_worded: perhaps\n"), r"items\.0\.as_worded: Input should be 'yes' or 'no'"),
        (("  as_worded:\n", "  as_wordy: yes\n"), r"items\.0\.as_wordy: Extra inputs"),
        (("sensei.judge-sheet/1", "sensei.judge-sheet/9"), "schema"),
        (("schema:", "schema: ["), "is not YAML"),
        (("schema:", f"deep: {'[' * 2000}"), "is not YAML"),
        (("schema:", "date: 2001-99-99\nschema:"), "is not YAML"),
        (("schema:", "number: !!int many\nschema:"), "is not YAML"),
        (("", ""), "has no answers"),
    ],
)
def test_a_sheet_that_is_not_in_order_is_told(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    path = tmp_path / "sheet.yaml"
    judge_sheets.write(path, ITEMS)
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(UserError, match=said):
        judge_sheets.load(path)
