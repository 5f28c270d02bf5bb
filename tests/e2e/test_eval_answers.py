"""``sensei eval --answers`` hears recorded answers and counts what was heard; two readers are compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.files import prompts, recorded_answers
from bot.adapters.files.answer_cases import load_cases
from bot.bootstrap import wiring
from bot.bootstrap.hearing_evals import make_request
from bot.settings import Settings
from tests.adapters.files.test_answer_cases import CASE, write
from tests.sensei import run

ANSWER = {
    "parts": [
        {"part": "decided", "message": 1, "quote": "We wait."},
        {"part": "against", "message": 1, "quote": "Retrying lost, as it costs twice."},
    ],
    "stance": "argues",
    "probe": {"part": "against", "text": "You wait. Was there another way, or was this the only one?"},
}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    return write(tmp_path, "cases.yaml", CASE)


def record(cases: Path, document: dict[str, Any]) -> Path:
    """Record an answer to the request of each case."""
    rules = wiring.load_articulation(wiring.load_library(Settings(_env_file=None)))
    prompt = prompts.load("articulation/articulate")
    for case in load_cases(cases):
        request = make_request(case, prompt, rules)
        recording = {
            "key": recorded_answers.request_key(request),
            "purpose": "articulate",
            "prompt": "articulation/articulate@1",
            "produced_by": "written by hand",
            "outcome": "answered",
            "document": document,
        }
        folder = cases / "recordings" / case.id
        folder.mkdir(parents=True)
        (folder / "1.json").write_text(json.dumps(recording), "utf-8")
    return cases / "recordings"


def test_what_was_heard_is_counted_and_words_that_were_not_said_are_dropped(cases: Path) -> None:
    folder = record(cases, ANSWER)
    done = run("eval", "--answers", "--cases", str(cases), "--recorded", str(folder), "--format", "json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["slots"]["decided"]["found"]["share"] == 1.0
    assert document["slots"]["against"]["right"]["of"] == 0
    assert (document["quotes"]["hits"], document["quotes"]["of"]) == (1, 2)
    assert document["follow_ups"]["terse-one"]["part"] == "against"


@pytest.mark.parametrize("format_", ["terminal", "md"])
def test_people_read_the_same_figures(cases: Path, format_: str) -> None:
    folder = record(cases, ANSWER)
    done = run("eval", "--answers", "--cases", str(cases), "--recorded", str(folder), "--format", format_)
    assert done.returncode == 0
    assert "Quotes found in the messages: 1/2" in done.stdout


def test_two_readers_are_compared_without_a_model(cases: Path) -> None:
    write(
        cases,
        "second.yaml",
        "schema: sensei.second-reader/1\nheard: {terse-one: {stance: argues, slots: [decided, facing]}}\n",
    )
    done = run("eval", "--answers", "--cases", str(cases), "--agreement", "--format", "json")
    assert json.loads(done.stdout)["differences"] == [
        ["terse-one", "facing: heard, but not by the first reader"]
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "No model is set"),
        (("--agreement",), "have no second reader"),
        (("--recorded", "nowhere"), "has no recorded answer"),
        (("--no-model",), "have no effect"),
    ],
)
def test_what_is_missing_is_said(cases: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("eval", "--answers", "--cases", str(cases), *arguments)
    assert done.returncode == 2
    assert said in done.stderr
