"""A workflow that is replayed from its record comes to the same result, and does nothing once more."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbos import DBOS, SetWorkflowID

from bot.bootstrap import wiring
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.disputes import DISPUTE
from bot.workflows.articulation.hearing import ANSWER_PAUSE, hear_answer
from bot.workflows.chat.outbox import rewrite_message
from tests import databases, inside
from tests.fakes.github import Loses, missing
from tests.serving import Serving, serving

REVIEWS = "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"


@pytest.fixture(params=["sqlite", "postgresql"])
def it(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    """A dojo in which something of every kind has happened, and whose bot has been stopped."""
    if request.param == "sqlite":
        with serving(tmp_path) as made:
            yield lived(made)
    else:
        with databases.migrated() as url, serving(tmp_path, url) as made:
            yield lived(made)


def lived(it: Serving) -> Serving:
    """Let a pull request be read, pushed to and asked about, a question be kept, disputed and ruled on; let
    another one be stopped, closed unheard."""
    github = it.github
    it.enrol("--publish", "sensei_first")
    it.start()
    github.push(it.repository, "first", code(1))
    github.fault(Loses(), "POST", REVIEWS)
    github.fault(Loses(), "POST", "/repos/{owner}/{repo}/check-runs")
    pull = github.open_pull(it.repository, "first", it.ada)
    it.wait(lambda: it.concluded(pull))
    listed = it.run("questions", "list").stdout.split()[0]
    assert it.run("questions", "keep", listed).returncode == 0
    it.wait(lambda: len(it.submitted(pull)) == 2)
    it.settle()
    github.fault(Loses(), "POST", "/repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies")
    github.reply(pull.threads[0], "/sensei dispute It is a fixture.", it.ada)
    it.wait(lambda: len(pull.threads[0].comments) == 3)
    assert it.run("questions", "settle", listed, "--withdrawn").returncode == 0
    it.wait(lambda: len(pull.threads[0].comments) == 4)
    # A command that arrives before its pull request does.
    github.push(it.repository, "early", code(4))
    github.hooks.holding = True
    early = github.open_pull(it.repository, "early", it.ada)
    opened, github.hooks.held = github.hooks.held, []
    github.hooks.holding = False
    github.comment(early, "/sensei private", it.ada)
    it.wait(lambda: len(early.comments) == 2)
    for held in opened:
        github.hooks.tell(held)
    it.wait(lambda: it.rounds(early) == ["published"])
    assert it.submitted(early) == []
    github.push(it.repository, "first", code(2))
    it.wait(lambda: it.concluded(pull))
    github.push(it.repository, "second", code(3))
    github.fault(missing(), "POST", "/repos/{owner}/{repo}/check-runs")
    stopped = github.open_pull(it.repository, "second", it.ada)
    it.wait(lambda: it.rounds(stopped) == ["stopped"])
    assert it.end(signal.SIGTERM) == 0
    github.close_pull(stopped)
    it.start()
    it.wait(lambda: "closed" in states(it))
    it.settle()
    assert it.end(signal.SIGTERM) == 0
    return it


def code(n: int) -> dict[str, bytes]:
    return {
        f"desk{n}.py": (
            f"import anthropic\n\nclient = anthropic.Anthropic()\n\n\ndef answer{n}(question):\n"
            f"    return client.messages.create(model=MODEL, messages=question, max_tokens={400 + n}, "
            'thinking={"type": "enabled", "budget_tokens": 8000})\n'
        ).encode()
    }


def states(it: Serving) -> set[str]:
    with it.database.connect() as connection:
        return {row[0] for row in connection.exec_driver_sql("SELECT state FROM pull_request")}


def heard(here: inside.Inside) -> None:
    """Let an answer be heard, in a thread where a sensei has spoken, so that nothing is posted."""
    with here.store.begin() as tx:
        question = tx.questions.get(1)
        assert question
        tx.questions.save_message(1, 987_654, here.dojo.ada.id, "It is the supplier's limit.", wiring.now())
        tx.questions.note_sensei_message(1, wiring.now())
        tx.questions.set_state(1, QuestionState.ANSWERED, wiring.now())
        hear_answer(tx, 1, wiring.now() - ANSWER_PAUSE)
        rewrite_message(tx, "articulation.dispute:1:nobody", DISPUTE, {"question": 1}, wiring.now())
    here.wait(lambda: DBOS.list_workflows(name="hear", status="SUCCESS"))
    here.wait(lambda: DBOS.list_workflows(name="rewrite", status="SUCCESS"))


@pytest.mark.contract
def test_every_workflow_replayed_from_its_record_comes_to_the_same_result(it: Serving) -> None:
    with inside.running(it) as here:
        heard(here)
        finished = DBOS.list_workflows(status="SUCCESS")
        requests = len(it.github.requests)
        for one in finished:
            last = max((step["function_id"] for step in DBOS.list_workflow_steps(one.workflow_id)), default=0)
            with SetWorkflowID(f"{one.workflow_id}~replayed"):
                again = DBOS.fork_workflow(one.workflow_id, last + 1)
            assert again.get_result(polling_interval_sec=0.05) == one.output, one.workflow_id
            copied = DBOS.list_workflow_steps(again.workflow_id)
            assert max((step["function_id"] for step in copied), default=0) == last, one.workflow_id
    assert len(it.github.requests) == requests
    looked = {"baseline", "reconcile", "snapshot", "sweep"}
    done = {"review", "questions", "answer", "ruling", "fetch", "hear", "home", "rewrite"}
    assert {one.name for one in finished} == done | looked
    outcomes = {one.output["state"] for one in finished if one.name == "review" and one.output}
    assert outcomes == {"published", "stopped"}
