"""A fact or question that is refused for a word: what the second reader sees of it, and what can go out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.review.report import Report
from bot.ports.model import CallOutcome, ModelRequest
from tests import reviewing
from tests.fakes.model import Reply, Scripted
from tests.workflows.review.test_model_reading import AFTER, BEFORE, answer, concern, question
from tests.workflows.shop import LIBRARY

NAMED = "The loop of Kowalski returns on its first turn."
REWORDED = "The loop returns on its first turn, so the call is made once."
ASKED = question(quote="for _ in range(3):")


def read(path: Path, found: Mapping[str, Any], challenge: Reply) -> tuple[Report, list[ModelRequest]]:
    model = Scripted(read=found, challenge=challenge)
    return reviewing.change(path, BEFORE, AFTER, LIBRARY, model), model.requests


def verdicts(*said: str, **covered: int) -> Mapping[str, Any]:
    """A verdict for each item: "keep", "drop", or new words."""
    entries = [
        {
            "n": n,
            "because": "as line 5 shows",
            "verdict": words if words in ("keep", "drop") else "reword",
            "covered_by": covered.get(f"item_{n}"),
            "reworded": "" if words in ("keep", "drop") else words,
        }
        for n, words in enumerate(said, 1)
    ]
    return {"verdicts": entries, "best": 1}


def items(requests: list[ModelRequest]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in requests[-1].items.splitlines() if line.startswith("{")]


def test_the_second_reader_sees_the_problem_and_its_new_words_go_out(tmp_path: Path) -> None:
    found = answer(concerns=[concern(fact=NAMED)], questions=[ASKED])
    report, requests = read(tmp_path, found, verdicts(REWORDED, "keep"))
    assert [item.get("problem") for item in items(requests)] == ["names a person", None]
    assert [fact.text for fact in report.concerns] == [REWORDED]
    assert (len(report.questions), report.left_out) == (1, {})


@pytest.mark.parametrize("said", ["keep", "drop", "The loop earns L4 for its three attempts."])
def test_without_acceptable_new_words_it_is_left_out_and_counted_once(tmp_path: Path, said: str) -> None:
    found = answer(concerns=[concern(fact=NAMED)], questions=[ASKED])
    report, _ = read(tmp_path, found, verdicts(said, "keep"))
    assert report.concerns == ()
    assert [asked.text for asked in report.questions] == [ASKED["question"]]
    assert report.left_out == {"names a person": 1}


def test_an_item_that_says_nothing_new_does_not_replace_another_one(tmp_path: Path) -> None:
    found = answer(concerns=[concern(fact=NAMED)], questions=[ASKED])
    report, _ = read(tmp_path, found, verdicts("keep", "keep", item_2=1))
    assert (report.concerns, len(report.questions)) == ((), 1)
    report, _ = read(tmp_path / "merged", found, verdicts(REWORDED, "keep", item_2=1))
    assert ([fact.text for fact in report.concerns], report.questions) == ([REWORDED], ())
    assert report.left_out == {}


def test_without_a_second_answer_it_is_counted_and_nothing_goes_out(tmp_path: Path) -> None:
    report, _ = read(tmp_path, answer(concerns=[concern(fact=NAMED)]), CallOutcome.CUT_OFF)
    assert (report.concerns, report.left_out) == ((), {"names a person": 1})


@pytest.mark.parametrize(
    "fact",
    [
        "The loop of the desk is described on https://evil.example for all.",
        "The loop of Kowalski is described on https://evil.example for all.",
        "The loop of @kowalski returns on its first turn.",
        "The loop of Kowalski is <b>bounded</b> on its first turn.",
        "The loop of Kow\u200balski returns on its first turn.",
        "The loop is ap_proved for Kowalski on its first turn.",
        "The loop of Kowalski returns. ```return None``` is its code.",
        "The loop of Kowalski " + "very " * 100 + "soon returns.",
    ],
)
def test_what_is_wrong_in_its_form_gets_no_second_chance(tmp_path: Path, fact: str) -> None:
    report, requests = read(tmp_path, answer(concerns=[concern(fact=fact)]), verdicts(REWORDED))
    assert [request.purpose for request in requests] == ["read"]
    assert (report.concerns, sum(report.left_out.values())) == ((), 1)


def test_an_item_without_a_problem_has_no_such_field(tmp_path: Path) -> None:
    _, requests = read(tmp_path, answer(concerns=[concern()], questions=[ASKED]), verdicts("keep", "keep"))
    assert "problem" not in requests[-1].items
