"""Asking Sensei in Slack, before a running bot with a handbook, a model and both databases."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversing import Conversing, conversing
from tests.fakes.slack import Person
from tests.fakes.slack.model import Json

BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.contract)]
PAGE = """# Continuous integration

## How long a run may take

A run of the pipeline may take at most 45 minutes. After that, the runner stops it.
"""
QUESTION = "How long may a run of the pipeline take?"


def opened(folder: Path, database: str, *, model: bool) -> Iterator[Conversing]:
    with conversing(folder, database, model=model) as it:
        handbook = folder / "handbook"
        handbook.mkdir()
        (handbook / "ci.md").write_text(PAGE, "utf-8")
        done = it.run("handbook", "set", "dojo", str(handbook), "--link", "https://wiki.example/handbook")
        assert done.returncode == 0, done.stderr
        yield it


@pytest.fixture(name="it", scope="module", params=BOTH)
def a_dojo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversing]:
    yield from opened(tmp_path_factory.mktemp("dojo"), request.param, model=True)


def answer(it: Conversing, person: Person, said: Json) -> str:
    """What Sensei says in the thread of a question, once all of it has come."""

    def find() -> str:
        shown = [it.read(one) for one in person.messages if one.get("thread_ts") == said["ts"]]
        return shown[-1] if shown and "[ Helpful ]" in shown[-1] else ""

    return str(it.comes(find))


def test_a_question_is_answered_from_the_handbook_and_goes_with_its_deletion(it: Conversing) -> None:
    said = it.ada_there.says(QUESTION)
    found = answer(it, it.ada_there, said)
    assert "A run of the pipeline may take at most 45 minutes. [1]" in found
    assert "How long a run may take" in found
    it.quiesce()
    [call] = it.rows("SELECT purpose, state, repository FROM model_call WHERE purpose = 'enquiry'")
    [(enrolment,)] = it.rows("SELECT enrolment_id FROM enquiry")
    assert call == ("enquiry", "answered", f"enquiries/{enrolment}")
    it.ada_there.deletes(said)
    it.quiesce()
    assert [one for one in it.ada_there.messages if one.get("thread_ts") == said["ts"]] == []
    assert it.rows("SELECT text FROM enquiry_message UNION SELECT text FROM enquiry_answer") == [("",)]


def test_an_export_has_what_somebody_asked_and_what_came_back(it: Conversing) -> None:
    said = it.sen_there.says(f"{QUESTION} That is all.")
    assert "at most 45 minutes" in answer(it, it.sen_there, said)
    it.quiesce()
    done = it.run("export", "sen", "--output", str(it.folder / "sen.json"))
    assert done.returncode == 0, done.stderr
    exported = json.loads((it.folder / "sen.json").read_text("utf-8"))
    [enquiry] = [one for enrolment in exported["enrolments"] for one in enrolment["enquiries"]]
    assert [message["text"] for message in enquiry["messages"]] == [f"{QUESTION} That is all."]
    assert "at most 45 minutes" in enquiry["answers"][0]["text"]
    assert exported["enrolments"][0]["model_calls"]


def test_without_a_model_the_passages_are_shown(tmp_path: Path) -> None:
    for it in opened(tmp_path, "sqlite", model=False):
        found = answer(it, it.ada_there, it.ada_there.says(QUESTION))
        assert "no AI model is set up" in found
        assert "A run of the pipeline may take at most 45 minutes." in found
