"""Comparing a real change with decisions, in this process and in one of its own."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.reading_process.inline import InlineReadings
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.drift import ComparedDecision, DriftFinding
from bot.domain.decisions.records import CodeAnchor
from bot.ports.model import Model, ModelRequest
from bot.ports.reading import ReadingLimits, ReadingRequest, ReadingRules
from bot.ports.reading_process import ReadingPart, ReadingResult, ReadingTask
from tests.fakes.model import Scripted
from tests.processes import needs_proc
from tests.repositories import Files, Repository
from tests.reviewing import PROMPTS, Silent
from tests.security.corpus.values import checked
from tests.workflows.shop import LIBRARY

BEFORE: Files = {"ask.py": b"import shop\n\nretries = 3\n", "other.py": b"x = 1\n"}
AFTER: Files = {"ask.py": b"import shop\n\nretries = 5\n"}
SECRET = checked("gh" + "p_")


def decision(quote: str = "retries = 3", path: str = "ask.py", **changes: Any) -> ComparedDecision:
    plain = ComparedDecision(4, 7, (CodeAnchor(path, "a" * 40, "head", 3, 3, quote),))
    return replace(plain, **changes)


def task(path: Path, after: Files, *decisions: ComparedDecision, before: Files = BEFORE) -> ReadingTask:
    repository = Repository.make(path)
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "work")
    repository.commit(after)
    rules = ReadingRules(LIBRARY, ReadingLimits(500_000, 1_000_000, 600), 60, PROMPTS, 60_000)
    return ReadingTask(str(path), ReadingRequest("main", "work", decisions=decisions), rules)


def read(task_: ReadingTask, model: Model | None = None) -> ReadingResult:
    return InlineReadings().read(task_, model, Silent())


def finding(result: ReadingResult) -> DriftFinding:
    [found] = result.drift
    return found


@needs_proc
def test_what_is_found_comes_out_of_the_reading_process_whole(tmp_path: Path) -> None:
    task_ = task(tmp_path, AFTER, decision())
    found = finding(ReadingProcesses().read(task_, None, Silent()))
    assert found == finding(read(task_))
    assert (found.decision, found.inline, found.touched, found.text) == (4, True, True, "")
    assert (found.citation.path, found.citation.line_start) == ("ask.py", 3)


def test_the_report_says_nothing_about_decisions(tmp_path: Path) -> None:
    assert "decision" not in read(task(tmp_path, AFTER, decision())).report.as_json()


def test_a_secret_on_the_changed_line_is_not_quoted(tmp_path: Path) -> None:
    after: Files = {"ask.py": f'import shop\n\nretries = 5; token = "{SECRET}"\n'.encode()}
    found = finding(read(task(tmp_path, after, decision())))
    assert SECRET not in found.citation.quote
    assert found.citation.redacted


def test_an_everyday_line_that_goes_elsewhere_in_the_file_overtakes_no_decision(tmp_path: Path) -> None:
    quote = "if answer is None:\n    return None"
    filler = "".join(f"step_{number}()\n" for number in range(20))
    before = f"{quote}\n{filler}if other is None:\n    return None\n".encode()
    after = f"{quote}\n{filler}".encode()
    about = decision(quote)
    assert read(task(tmp_path / "elsewhere", {"ask.py": after}, about, before={"ask.py": before})).drift == ()
    gone = {"ask.py": before.replace(b"if answer is None", b"if not answer")}
    assert len(read(task(tmp_path / "here", gone, about, before={"ask.py": before})).drift) == 1


def test_a_change_with_nothing_to_decide_overtakes_no_decision(tmp_path: Path) -> None:
    before: Files = {"requirements.txt": b"shop-sdk==1.2.3\n"}
    after: Files = {"requirements.txt": b"shop-sdk==1.2.4\n"}
    pinned = decision("shop-sdk==1.2.3", "requirements.txt")
    model = Scripted(read={}, drift={})
    assert read(task(tmp_path, after, pinned, before=before), model).drift == ()
    assert model.requests == []


def test_lines_that_only_this_pull_request_has_are_looked_for_in_the_whole_file(tmp_path: Path) -> None:
    own = decision("limit = 10", here=True)
    far = b"".join(b"a_%d = 1\n" % number for number in range(40))
    there: Files = {"ask.py": b"import shop\n\nretries = 4\n" + far + b"limit = 10\n"}
    gone: Files = {"ask.py": b"import shop\n\nretries = 4\n" + far + b"limit = 20\n"}
    before: Files = {"ask.py": b"import shop\n\nretries = 3\n" + far}
    assert read(task(tmp_path / "there", there, own, before=before)).drift == ()
    found = finding(read(task(tmp_path / "gone", gone, own, before=before)))
    assert found.citation.quote == "limit = 20"


def test_a_file_that_was_not_read_tells_nothing_about_lines_of_this_pull_request(tmp_path: Path) -> None:
    large: Files = {"ask.py": b"import shop\n" + b"y = 1\n" * 100_000}
    assert read(task(tmp_path, large, decision("limit = 10", here=True))).drift == ()


def test_a_comparison_that_had_to_be_left_out_is_said(tmp_path: Path) -> None:
    left_out = {ReadingPart("decisions"): "it takes longer than 20 s"}
    result = read(replace(task(tmp_path, AFTER, decision()), left_out=left_out))
    assert result.drift == ()
    [reason] = result.report.incomplete_because
    assert reason.startswith("the change was not compared with earlier decisions: ")
    assert result.report.final


def test_a_baseline_is_compared_with_nothing(tmp_path: Path) -> None:
    task_ = task(tmp_path, AFTER, decision())
    request = replace(task_.request, base=None, baseline=True, decisions=())
    assert read(replace(task_, request=request)).drift == ()


def test_secrets_in_a_decision_s_words_are_not_sent(tmp_path: Path) -> None:
    seen: list[ModelRequest] = []

    def note(request: ModelRequest) -> Mapping[str, Any]:
        seen.append(request)
        return {}

    shown = decision(title=f"Use {SECRET}", texts={Slot.DECIDED: f"The token is {SECRET}."})
    read(task(tmp_path, AFTER, shown), Scripted(read={}, drift=note))
    assert "The token is [redacted:" in seen[0].items
    assert SECRET not in seen[0].items


@pytest.mark.parametrize("is_there", [True, False])
def test_quotes_of_files_that_are_hidden_now_are_not_sent(tmp_path: Path, is_there: bool) -> None:
    seen: list[ModelRequest] = []

    def note(request: ModelRequest) -> Mapping[str, Any]:
        seen.append(request)
        return {}

    canary = "price_canary = 4711"
    before: Files = {**BEFORE, ".senseiignore": b"prices/\n"}
    if is_there:
        before = {**before, "prices/list.py": f"{canary}\n".encode()}
    anchors = (*decision().anchors, CodeAnchor("prices/list.py", "a" * 40, "head", 1, 1, canary))
    shown = decision(anchors=anchors, title="Prices", texts={Slot.DECIDED: "Three tries for a price."})
    read(task(tmp_path, AFTER, shown, before=before), Scripted(read={}, drift=note))
    assert "Three tries for a price." in seen[0].items
    assert "retries = 3" in seen[0].items
    assert "canary" not in str(seen)
    assert "prices/list.py" not in seen[0].items


@pytest.mark.parametrize(
    ("quote", "touched", "found"),
    [
        ("retries = 5", False, ("retries = 5", True)),
        ("import shop", False, None),
        ("not in the change", False, None),
        ("import shop", True, ("retries = 5", False)),
    ],
    ids=["a changed line", "an unchanged line", "nowhere", "touched, and quoted elsewhere"],
)
def test_a_model_s_question_counts_where_a_changed_line_shows_it(
    tmp_path: Path, quote: str, touched: bool, found: tuple[str, bool] | None
) -> None:
    asked = {
        "source": "commit",
        "path": "ask.py",
        "side": "head",
        "quote": quote,
        "check": "7",
        "why": "More tries.",
        "question": "Decision 7 stops after three tries, and this makes five. Is it a trial, or to stay?",
    }
    anchor = "retries = 3" if touched else "elsewhere()"
    shown = decision(anchor, title="Three", texts={Slot.DECIDED: "See ask.py for the three tries."})
    result = read(task(tmp_path, AFTER, shown), Scripted(read={}, drift={"questions": [asked]}))
    assert [(each.citation.quote, bool(each.text)) for each in result.drift] == ([found] if found else [])
