"""A model that misbehaves while people ask: what Slack gets, by Socket Mode and over HTTP."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conversing import Conversing, read_by, running
from tests.fakes.github import GitHub
from tests.fakes.messages import Breaks, Fails, Hangs, Messages, Says, Step, said
from tests.fakes.slack import Person, Slack
from tests.fakes.slack.model import Json
from tests.security.enquiry_cases import Case, read_baits, read_honest
from tests.security.outgoing import as_text

WAYS = [pytest.param("socket"), pytest.param("http", marks=pytest.mark.contract)]
_WANTED = ("whole-retrieval-pipeline", "whole-agent-design", "fenced-python", "shell-command", "sql-index")
BAITS = {case.id: case for case in read_baits() if case.id in _WANTED}
BAIT = BAITS["whole-retrieval-pipeline"]
HONEST = next(case for case in read_honest() if case.kind == "fact" and len(case.turns) == 1)
STATUS = "assistant.threads.setStatus"


@dataclass
class BadModel:
    """Replies with ``step``, and remembers what Slack had been asked each time that it was asked."""

    slack: Slack
    step: Callable[[Mapping[str, Any]], Step] = lambda _body: Fails(500)
    earlier: list[list[str]] = field(default_factory=list)

    def __call__(self, body: Mapping[str, Any]) -> Step:
        self.earlier.append([call.method for call in list(self.slack.calls)])
        return self.step(body)


@dataclass
class Scene:
    """A bot with the sources of all cases, and a model that can misbehave."""

    it: Conversing
    messages: Messages
    model: BadModel

    @property
    def ada(self) -> Person:
        return self.it.ada_there

    def asks(self, text: str) -> Json:
        return self.ada.says(text)

    def answer(self, asked: Json) -> str:
        """Wait for all that Sensei says in the thread of a question."""

        def find() -> str:
            shown = [one for one in self.ada.messages if one.get("thread_ts") == asked["ts"]]
            return self.it.read(shown[-1]) if shown and "[ Helpful ]" in self.it.read(shown[-1]) else ""

        found = str(self.it.comes(find))
        self.it.quiesce()
        return found

    def told(self, question: str) -> tuple[str, str]:
        """Let Ada ask. Return the answer, and all that went to Slack meanwhile; the model must be asked."""
        asked, before = len(self.messages.requests), len(self.it.slack.calls)
        shown = self.answer(self.asks(question))
        assert len(self.messages.requests) > asked, "else the model has said nothing"
        return shown, as_text([call.args for call in self.it.slack.calls[before:]])


def case_answer(case: Case, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a model says in a case, with the passages as this request numbers them.

    What it must not say is also in the question that it has in reserve.
    """
    items = [json.loads(line) for line in said(body).splitlines() if line.startswith("{")]
    passages = [(item["n"], item["text"]) for item in items if item["kind"] == "passage"]

    def number(quote: str) -> int:
        return next((n for n, text in passages if quote in text), 1)

    document = dict(case.documents[0])
    claims = [{**claim, "passage": number(claim["quote"])} for claim in document["claims"]]
    return {**document, "claims": claims, "plainer": "; ".join(case.forbidden)}


def words(case: Case, body: Mapping[str, Any]) -> str:
    return json.dumps(case_answer(case, body))


MISBEHAVIOURS: Mapping[str, Callable[[Mapping[str, Any]], Step]] = {
    "plain words": lambda _body: Says(text="\n".join(BAIT.forbidden)),
    "another form": lambda _body: Says(text=json.dumps({"claims": "; ".join(BAIT.forbidden)})),
    "an empty answer": lambda _body: Says(text=""),
    "a refusal": lambda body: Says(text=words(BAIT, body), stop_reason="refusal"),
    "too many tokens": lambda body: Says(text=words(BAIT, body)[:-3], stop_reason="max_tokens"),
    "a complete answer at the limit": lambda body: Says(case_answer(BAIT, body), stop_reason="max_tokens"),
    "cut off": lambda body: Breaks(after=6, reply=Says(case_answer(BAIT, body))),
    "nonsense in the stream": lambda body: Breaks(6, nonsense=True, reply=Says(case_answer(BAIT, body))),
    "an error in the stream": lambda body: Breaks(
        6, error="overloaded_error", reply=Says(case_answer(BAIT, body))
    ),
    "a server's error": lambda _body: Fails(500, message="; ".join(BAIT.forbidden)),
    "a rejected request": lambda _body: Fails(400, "invalid_request_error", message=BAIT.forbidden[0]),
}


def pages(cases: Sequence[Case]) -> Mapping[str, str]:
    """Return the passages of some cases as pages of a handbook."""
    found = {passage.title: passage.text for case in cases for passage in case.passages}
    return {f"page-{n}.md": f"# {title}\n\n{text}\n" for n, (title, text) in enumerate(sorted(found.items()))}


@contextmanager
def opened(folder: Path, way: str) -> Iterator[Scene]:
    """Serve a dojo whose handbook has the sources of all cases."""
    with GitHub() as github, Slack() as slack, Messages() as messages:
        model = messages.otherwise = BadModel(slack)
        it = Conversing(folder, github, slack, None, **read_by(messages))
        if way == "http":
            del it.environment["SENSEI_SLACK_APP_TOKEN"]
            it.environment["SENSEI_SLACK_SIGNING_SECRET"] = slack.signing_secret
            slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
        handbook = folder / "handbook"
        handbook.mkdir()
        for name, text in pages([*BAITS.values(), HONEST]).items():
            (handbook / name).write_text(text, "utf-8")
        for scene in running(it, may_write=False):
            done = scene.run("handbook", "set", "dojo", str(handbook), "--link", "https://wiki.example/h")
            assert done.returncode == 0, done.stderr
            yield Scene(scene, messages, model)


@pytest.fixture(name="scene", scope="module", params=WAYS)
def a_scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with opened(tmp_path_factory.mktemp("dojo"), request.param) as scene:
        yield scene


def test_an_honest_answer_is_shown_in_the_models_words(scene: Scene) -> None:
    """Else the other tests show nothing: their answers go the same way."""
    scene.model.step = lambda body: Says(case_answer(HONEST, body))
    sentence = HONEST.documents[0]["claims"][0]["text"]
    shown, sent = scene.told(HONEST.turns[0])
    assert sentence in shown
    assert sentence in sent, "else nothing would be found in it"


@pytest.mark.parametrize("name", BAITS)
def test_a_solution_or_code_never_reaches_slack(scene: Scene, name: str) -> None:
    case = BAITS[name]
    scene.model.step = lambda body: Says(case_answer(case, body))
    _, sent = scene.told(case.turns[0])
    assert [words for words in case.forbidden if words in sent] == []


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_whatever_a_model_does_its_asker_gets_the_passages_and_none_of_its_words(
    scene: Scene, name: str
) -> None:
    scene.model.step = MISBEHAVIOURS[name]
    shown, sent = scene.told(f"{BAIT.turns[0]} This is about {name}.")
    why = "I couldn't put this into my own words" if name == "a refusal" else "The model didn't answer"
    assert f"{why}, so here's what my sources say:" in shown
    assert [words for words in BAIT.forbidden if words in sent] == []


def test_the_first_sign_of_life_comes_before_the_model_is_asked(scene: Scene) -> None:
    """The model waits until that was seen, so no order of threads can hide it."""
    scene.messages.release.clear()
    scene.model.step = lambda body: Hangs(Says(case_answer(HONEST, body)))
    asked, before = len(scene.model.earlier), scene.it.slack.calls[:]
    question = scene.asks(f"{HONEST.turns[0]} I ask again.")
    scene.it.wait(lambda: len(scene.model.earlier) > asked)
    signs = [call for call in scene.it.slack.calls[len(before) :] if call.method == STATUS]
    assert [call.args["thread_ts"] for call in signs] == [question["ts"]]
    assert scene.model.earlier[-1].count(STATUS) == [call.method for call in before].count(STATUS) + 1
    assert [one for one in scene.ada.messages if one.get("thread_ts") == question["ts"]] == []
    scene.messages.release.set()
    assert HONEST.documents[0]["claims"][0]["text"] in scene.answer(question)


def test_a_model_that_never_ends_its_answer_is_not_waited_for(tmp_path: Path) -> None:
    with opened(tmp_path, "socket") as scene:
        scene.it.end()
        scene.it.start(SENSEI_MODEL_TIMEOUT="2")
        scene.it.wait(lambda: scene.it.readiness()["slack"] == "ready")
        scene.model.step = lambda _body: Hangs(trickle=True)
        shown = scene.answer(scene.asks(BAIT.turns[0]))
        assert "The model didn't answer, so here's what my sources say:" in shown
