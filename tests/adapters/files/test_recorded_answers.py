import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.files.recorded_answers import RecordingModel, ReplayedModel, request_key
from bot.errors import UserError
from bot.ports.model import CallOutcome, ModelAnswer, ModelRequest, Usage

REQUEST = ModelRequest(
    purpose="read",
    prompt="read",
    prompt_version=3,
    prompt_sha256="a" * 64,
    rubric_version="1.0.0",
    system=("instructions", "rubric"),
    user="<change>…</change>",
    schema={"type": "object"},
    max_tokens=2000,
)
OTHER = replace(REQUEST, purpose="challenge", user="<items>…</items>")


class Scripted:
    """A model that gives the answers it was told, in order; implements ``ports.model.Model``."""

    provider = "script"
    id = "script-1"

    def __init__(self, *answers: ModelAnswer) -> None:
        self.answers = list(answers)

    def ask(self, request: ModelRequest) -> ModelAnswer:
        return self.answers.pop(0)


def answered(number: int, outcome: CallOutcome = CallOutcome.ANSWERED) -> ModelAnswer:
    document = {"n": number} if outcome is CallOutcome.ANSWERED else None
    return ModelAnswer(outcome, document, "", Usage(input=10, output=number), 0.01, reused=False, attempts=1)


def record(folder: Path, *pairs: tuple[ModelRequest, ModelAnswer]) -> None:
    recorder = RecordingModel(Scripted(*(answer for _, answer in pairs)), folder, "a-case", "written by hand")
    for request, answer in pairs:
        assert recorder.ask(request) == answer


def test_what_was_recorded_is_answered_again_and_nothing_is_paid(tmp_path: Path) -> None:
    record(tmp_path, (REQUEST, answered(1)), (OTHER, answered(2)))
    replay = ReplayedModel(tmp_path, "a-case")
    assert replay.id == "written by hand"
    assert replay.provider == "recorded"
    for request, number in ((OTHER, 2), (REQUEST, 1), (REQUEST, 1)):
        again = replay.ask(request)
        assert again.document == {"n": number}
        assert (again.outcome, again.usage.output) == (CallOutcome.ANSWERED, number)
        assert (again.usd, again.reused) == (0.0, True)


@pytest.mark.parametrize(
    "change",
    [
        {"prompt_version": 4},
        {"prompt_sha256": "b" * 64},
        {"rubric_version": "1.0.1"},
        {"system": ("instructions", "another rubric")},
        {"user": "<change>another</change>"},
        {"schema": {"type": "array"}},
        {"sample": 1},
    ],
)
def test_a_request_that_changed_fails_loudly_and_names_the_case(
    tmp_path: Path, change: dict[str, object]
) -> None:
    record(tmp_path, (REQUEST, answered(1)))
    with pytest.raises(UserError, match=r"The case a-case has no recorded answer.*changed"):
        ReplayedModel(tmp_path, "a-case").ask(replace(REQUEST, **change))  # type: ignore[arg-type]


def test_another_cases_recordings_do_not_count(tmp_path: Path) -> None:
    record(tmp_path, (REQUEST, answered(1)))
    with pytest.raises(UserError, match="another-case"):
        ReplayedModel(tmp_path, "another-case").ask(REQUEST)


def test_the_key_does_not_depend_on_the_order_of_the_schemas_keys() -> None:
    schemas: list[dict[str, object]] = [{"a": 1, "b": 2}, {"b": 2, "a": 1}]
    one, other = (request_key(replace(REQUEST, schema=schema)) for schema in schemas)
    assert one == other


def test_recording_again_replaces_the_answer_and_keeps_the_files_name(tmp_path: Path) -> None:
    record(tmp_path, (REQUEST, answered(1)), (OTHER, answered(2)))
    record(tmp_path, (REQUEST, answered(7)))
    assert sorted(path.name for path in (tmp_path / "a-case").iterdir()) == ["1.json", "2.json"]
    assert ReplayedModel(tmp_path, "a-case").ask(REQUEST).document == {"n": 7}
    (tmp_path / "a-case" / "1.json").unlink()
    record(tmp_path, (REQUEST, answered(8)))
    assert ReplayedModel(tmp_path, "a-case").ask(OTHER).document == {"n": 2}


def test_a_refusal_is_an_answer_and_a_failure_is_none(tmp_path: Path) -> None:
    record(tmp_path, (REQUEST, answered(0, CallOutcome.REFUSED)), (OTHER, answered(0, CallOutcome.FAILED)))
    replay = ReplayedModel(tmp_path, "a-case")
    assert replay.ask(REQUEST).outcome is CallOutcome.REFUSED
    with pytest.raises(UserError, match="no recorded answer"):
        replay.ask(OTHER)


def test_a_recording_says_who_gave_it_and_for_which_prompt(tmp_path: Path) -> None:
    record(tmp_path, (REQUEST, answered(1)))
    written = json.loads((tmp_path / "a-case" / "1.json").read_text())
    assert written["produced_by"] == "written by hand"
    assert written["prompt"] == "read@3"
    assert written["key"] == request_key(REQUEST)


@pytest.mark.parametrize("text", ["{", "{}", '{"key": "short"}'])
def test_a_file_that_is_no_recording_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "a-case").mkdir()
    (tmp_path / "a-case" / "1.json").write_text(text)
    with pytest.raises(UserError, match="is not a recorded answer"):
        ReplayedModel(tmp_path, "a-case")
