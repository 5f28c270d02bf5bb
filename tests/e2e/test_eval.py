import json
import shutil
from pathlib import Path

import pytest

from tests import sensei
from tests.evaluating import SHIPPED

KEY = "openai-key-in-a-script"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A folder with two cases of its own and no thresholds."""
    for name in (KEY, "docs-local-setup"):
        shutil.copytree(sensei.ROOT / "evals" / "cases" / name, tmp_path / "evals" / "cases" / name)
    return tmp_path / "evals" / "cases"


@pytest.mark.contract
def test_every_case_is_read_and_every_threshold_is_kept_without_a_model() -> None:
    done = sensei.run_interpreter("eval", "--format", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "sensei.evaluation/1"
    assert document["mode"] == "signals"
    assert document["cases"] == len(SHIPPED)
    assert document["measures"]["complete"]["share"] == 1.0
    assert document["measures"]["quotes"]["of"] > 0
    assert document["broken"] == []
    assert document["cost"]["calls"] == 0
    assert set(document["by_case"]) == {case.name for case in SHIPPED}


def test_the_table_has_80_columns_and_every_measure(two: Path) -> None:
    done = sensei.run("eval", "--cases", str(two))
    assert done.returncode == 0, done.stderr
    assert "evaluation of 2 cases, signals only, no model" in done.stdout
    assert "Quotes that match their lines" in done.stdout
    assert "Clean cases with a false alarm" in done.stdout
    assert max(map(len, done.stdout.split("\n"))) <= 80


def test_one_case_can_be_read_by_itself_and_printed_as_markdown(two: Path) -> None:
    done = sensei.run("eval", "--cases", str(two), "--only", KEY, "--format", "md")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Sensei: evaluation of 1 case")
    assert "| Expected facts that were found | 100% | 21%-100% | 1/1 | 100% (aim) |" in done.stdout


def test_a_threshold_that_is_broken_is_named_and_ends_with_four(two: Path) -> None:
    (two.parent / "thresholds.yaml").write_text(
        "signals: {fact_precision: {at_most: 0.5}, quotes: {at_least: 1}}\n"
    )
    done = sensei.run("eval", "--cases", str(two))
    assert done.returncode == 4
    assert done.stderr == "sensei: below threshold: fact_precision.\n"
    assert "≤ 50%" in done.stdout


def test_a_folder_without_cases_is_told_with_what_to_do(tmp_path: Path) -> None:
    done = sensei.run("eval", "--cases", str(tmp_path))
    assert done.returncode == 2
    assert "There are no cases in" in done.stderr
    assert "--cases" in done.stderr


def test_the_agreement_of_two_authors_is_printed_in_every_format(two: Path) -> None:
    for second in two.glob("*/second.yaml"):
        second.unlink()
    nobody = sensei.run("eval", "--cases", str(two), "--agreement")
    assert nobody.returncode == 2
    assert "None of these cases has a second author." in nobody.stderr
    (two / KEY / "second.yaml").write_text("author: a second reader\nexpected: {no_facts: true}\n")
    shown = sensei.run("eval", "--cases", str(two), "--agreement")
    assert shown.returncode == 0, shown.stderr
    assert "agreement between two authors on 1 of 2 cases" in shown.stdout
    assert "only the first author requires the fact" in shown.stdout
    assert max(map(len, shown.stdout.split("\n"))) <= 80
    page = sensei.run("eval", "--cases", str(two), "--agreement", "--format", "md").stdout
    assert "| Required facts | 0% | 0%-79% | 0/1 | - | - |" in page
    document = json.loads(sensei.run("eval", "--cases", str(two), "--agreement", "--format", "json").stdout)
    assert document["schema"] == "sensei.agreement/1"
    assert document["facts"]["shared"]["of"] == 1
    assert document["clean"]["kappa"] is None


def test_a_script_replaces_the_model_and_thresholds_apply_to_it(two: Path) -> None:
    (two.parent / "thresholds.yaml").write_text("model: {fact_recall: {at_least: 1}, noise: {at_most: 0}}\n")
    perfect = sensei.run("eval", "--cases", str(two), "--scripted", "perfect")
    assert perfect.returncode == 0, perfect.stderr
    assert "evaluation of 2 cases, scripted perfect" in perfect.stdout
    lying = sensei.run("eval", "--cases", str(two), "--scripted", "lying", "--format", "json")
    assert lying.returncode == 4
    document = json.loads(lying.stdout)
    assert document["models"] == ["scripted lying"]
    assert set(document["prompts"]) >= {"read"}
    assert document["measures"]["quotes"]["share"] == 1


def test_two_results_are_compared_in_every_format(two: Path, tmp_path: Path) -> None:
    before, after = tmp_path / "perfect.json", tmp_path / "lying.json"
    for path, script in ((before, "perfect"), (after, "lying")):
        path.write_text(
            sensei.run("eval", "--cases", str(two), "--scripted", script, "--format", "json").stdout
        )
    shown = sensei.run("eval", "--compare", str(before), str(after))
    assert shown.returncode == 0, shown.stderr
    assert "comparison of two runs over 2 cases" in shown.stdout
    assert "A: scripted perfect; prompts read" in shown.stdout
    assert "No conclusion is possible: the differences may be due to chance." in shown.stdout
    assert max(map(len, shown.stdout.split("\n"))) <= 80
    page = sensei.run("eval", "--compare", str(before), str(after), "--format", "md").stdout
    assert "| Quotes that match their lines | 100% | 100% | +0 | +0 to +0 | 1 | same |" in page
    assert f"## {KEY}" in page
    # Enough cases for a conclusion: the same case six times.
    for path in (before, after):
        document = json.loads(path.read_text())
        document["by_case"] = {f"case {n}": document["by_case"]["docs-local-setup"] for n in range(6)}
        path.write_text(json.dumps(document))
    worse = sensei.run("eval", "--compare", str(before), str(after), "--format", "json")
    assert worse.returncode == 4
    assert "worse than before" in worse.stderr
    assert "noise" in json.loads(worse.stdout)["worse"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "can't be read"),
        ("{}", "is not a result of `sensei eval`: schema"),
        ('{"schema": "sensei.report/1"}', "is not a result of `sensei eval`: schema"),
        ("[", "is not a result of `sensei eval`"),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "result.json"
    if text is not None:
        path.write_text(text)
    done = sensei.run("eval", "--compare", str(path), str(path))
    assert done.returncode == 2
    assert said in done.stderr
    assert "sensei eval --format json > FILE" in done.stderr


def test_a_judge_sheet_is_written_filled_in_and_counted(two: Path, tmp_path: Path) -> None:
    run = ["eval", "--cases", str(two), "--only", KEY, "--no-model"]
    sheet = tmp_path / "sheet.yaml"
    written = sensei.run(*run, "--judge-sheet", str(sheet))
    assert written.returncode == 0, written.stderr
    assert written.stderr == f"sensei: {sheet} now contains 1 text to judge.\n"
    again = sensei.run(*run, "--judge-sheet", str(sheet))
    assert again.returncode == 2
    assert "already exists" in again.stderr
    empty = sensei.run(*run, "--judged", str(sheet))
    assert "has no answers" in empty.stderr
    sheet.write_text(sheet.read_text().replace("  is_true:\n", "  is_true: yes\n"))
    other = tmp_path / "other.yaml"
    other.write_text(sheet.read_text().replace("is_true: yes", "is_true: no"))
    counted = sensei.run(*run, "--judged", str(sheet), "--judged", str(other))
    assert counted.returncode == 0, counted.stderr
    assert "1 of 1 questions and facts judged" in counted.stdout
    assert max(map(len, counted.stdout.split("\n"))) <= 80
    page = sensei.run(*run, "--judged", str(sheet), "--judged", str(other), "--format", "md").stdout
    assert "| Facts that are true | 1 | 100% | 21%-100% | 1/1 |" in page
    assert "| Facts that are true | 0% | 0%-79% | 0/1 | 0.00 | - |" in page
    document = json.loads(sensei.run(*run, "--judged", str(sheet), "--format", "json").stdout)
    assert document["judged"]["verdicts"]["is_true"]["judges"][0]["hits"] == 1
    other.write_text(sheet.read_text().replace("- id: ", "- id: x"))
    foreign = sensei.run(*run, "--judged", str(other))
    assert foreign.returncode == 2
    assert "None of the judged texts is in this run." in foreign.stderr


def test_a_sheet_cannot_be_counted_with_answers_that_no_one_has_seen(two: Path, tmp_path: Path) -> None:
    done = sensei.run(
        *("eval", "--cases", str(two), "--judged", str(tmp_path / "sheet.yaml")),
        SENSEI_MODEL_PROVIDER="anthropic",
        SENSEI_MODEL="x",
        SENSEI_ANTHROPIC_API_KEY="x",
    )
    assert done.returncode == 2
    assert "A model answers differently each time" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scripted", "lazy", "--no-model"], "--scripted uses no model"),
        (["--scripted", "lazy", "--recorded", "x"], "--recorded uses no model"),
        (["--agreement", "--no-model"], "--agreement reviews nothing"),
        (["--compare", "a", "b", "--scripted", "lazy"], "--compare reviews nothing"),
        (["--compare", "a", "b", "--agreement"], "--compare and --agreement can't be combined"),
        (["--judged", "a.yaml", "--judged", "./a.yaml", "--no-model"], "Both judge sheets are the same file"),
        (["--scripted", "honest"], "'perfect', 'random', 'lazy', 'lying'"),
    ],
)
def test_a_script_that_does_not_exist_or_contradicts_another_option_is_refused(
    options: list[str], said: str
) -> None:
    done = sensei.run("eval", *options)
    assert done.returncode == 2
    assert said in done.stderr
