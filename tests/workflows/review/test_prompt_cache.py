"""The second call about a change reads what the first one sent from the provider's cache, over real HTTP."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.ports.model import Model, ModelAnswer, ModelRequest, Usage
from tests import databases, reviewing
from tests.adapters.model.asking import asking
from tests.fakes.messages import Messages, Says, Step, said
from tests.repositories import Files
from tests.workflows.review.test_model_requests import made
from tests.workflows.shop import LIBRARY

BEFORE: Files = {"app.py": b"import shop\n"}
AFTER: Files = {"app.py": b"import shop\n\nreply = shop.ask(question, tokens=400)\n"}
QUESTION = {
    "path": "app.py",
    "side": "head",
    "source": "commit",
    "quote": "reply = shop.ask(question, tokens=400)",
    "check": None,
    "why": "the caller",
    "question": "Answers end after 400 tokens. What happens to one that needs more?",
}
STEPS = ("read", "challenge", "baseline", "drift")


def reply(body: Mapping[str, Any]) -> Step:
    """Answer as the reader or, if the request has items, as the second reader."""
    if "<items>\n" in said(body):
        kept = {"n": 1, "because": "open", "verdict": "keep", "covered_by": None, "reworded": ""}
        return Says({"verdicts": [kept], "best": 1})
    return Says({"questions": [QUESTION]})


def blocks(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*body["system"], *body["messages"][0]["content"]]


def usages(tmp_path: Path, *requests: ModelRequest) -> list[Usage]:
    """Return the usage of each request, as the API counts it."""
    with Messages(reply) as server, asking(server.url, database(tmp_path)) as model:
        return [model.ask(request).usage for request in requests]


def database(folder: Path) -> str:
    return databases.migrated_file(folder / "sensei.db")


class Noted:
    """A model that remembers the usage of its answers."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.provider, self.id = model.provider, model.id
        self.usages: list[Usage] = []

    def ask(self, request: ModelRequest) -> ModelAnswer:
        answer = self._model.ask(request)
        self.usages.append(answer.usage)
        return answer


def test_the_second_call_sends_only_its_items_and_its_task(tmp_path: Path) -> None:
    with Messages(reply) as server, asking(server.url, database(tmp_path)) as model:
        noted = Noted(model)
        report = reviewing.change(tmp_path / "repository", BEFORE, AFTER, LIBRARY, noted)
        first, second = (request.body for request in server.requests)
    assert [asked.text for asked in report.questions] == [QUESTION["question"]]
    *prefix, task = blocks(first)
    *same, items, other_task = blocks(second)
    assert same == prefix, "every block up to the data, byte for byte, with its breakpoint"
    assert first["output_config"] == second["output_config"]
    assert items["text"].startswith("<items>\n")
    assert task["text"] != other_task["text"]
    assert all(block["text"].startswith("<task>\n") for block in (task, other_task))
    read, challenge = noted.usages
    assert (read.cache_read, challenge.cache_write) == (0, 0)
    assert challenge.cache_read == read.cache_write > 0
    own = len(items["text"]) + len(other_task["text"])
    assert challenge.input == pytest.approx(own / 4, abs=2)
    assert report.cost.cached_tokens == challenge.cache_read


def test_all_steps_with_one_prefix_are_equal_up_to_the_data() -> None:
    requests = [made(step) for step in STEPS]
    for request in requests:
        assert (request.system, request.user, request.schema, request.effort) == (
            requests[0].system,
            requests[0].user,
            requests[0].schema,
            requests[0].effort,
        )
    assert len({request.task for request in requests}) == len(STEPS)
    assert all(len(request.system) + 1 <= 4 for request in requests), "the API accepts four breakpoints"


@pytest.mark.parametrize(
    "change",
    [
        {"effort": "low"},
        {"schema": made("reduce").schema},
        {"user": "<change>y</change>"},
        {"system": ("Other instructions.",)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_difference_before_the_task_costs_the_cache(tmp_path: Path, change: dict[str, Any]) -> None:
    first = replace(made("read"), caches_user=True)
    second = replace(made("challenge"), caches_user=True)
    [alone, again, changed] = usages(tmp_path, first, second, replace(second, **change))
    assert again.cache_read == alone.cache_write
    assert changed.cache_read < again.cache_read


def test_a_change_in_several_parts_writes_no_data_that_no_call_will_read(tmp_path: Path) -> None:
    files: Files = {
        f"{folder}/m{n}.py": "".join(f"value_{folder}_{n}_{k} = {k}\n" for k in range(60)).encode()
        for folder in ("a", "b", "c")
        for n in range(4)
    }
    with Messages(reply) as server, asking(server.url, database(tmp_path)) as model:
        reviewing.change(tmp_path / "repository", {"x.py": b"x = 1\n"}, files, LIBRARY)
        reviewing.review(
            tmp_path / "repository", "main", "work", library=LIBRARY, model=model, context_tokens=4000
        )
        sent = [request.body for request in server.requests]
    parts = [body for body in sent if not isinstance(body["messages"][0]["content"], str)]
    assert len(parts) > 1
    assert not any("cache_control" in block for body in parts for block in body["messages"][0]["content"])
