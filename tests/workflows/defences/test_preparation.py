"""Preparing a defence: with a model's words, without them, after a death, and with a host that fails."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.domain.defences.records import Defence, DefenceState
from bot.domain.pull_requests.question_placement import identify
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.ports.model import CallOutcome
from bot.workflows.defences.sessions import STUCK, prepare_defence
from tests.entrypoints.webhooks import now
from tests.fakes.model import Scripted
from tests.fakes.steps import Recorded as RecordedSteps
from tests.keys import KEYS
from tests.workflows.defences.defending import ADA, CODE, DAY, SEN, Defending

SNAPSHOT = Path(__file__).parent / "snapshots" / "questions.txt"
TEXT = "With `limit = 50`, the desk stops after 50 calls. Who notices the ones behind it?"


def worded(request: Any) -> dict[str, Any]:
    items = [json.loads(line) for line in request.user.split("\n")[1:-1]]
    return {
        "questions": [
            {
                "n": item["n"],
                "text": TEXT if "limit" in item["code"] else "Excellent. Shouldn't you use Redis here?",
                "follow_ups": ["What did the last full day look like?"],
                "touches": ["where the limit of 50 comes from"],
            }
            for item in items
        ]
    }


def asks_for(it: Defending) -> dict[str, Any]:
    """Let Sen have asked for Ada's defence; return the job's argument."""
    with it.here.store.begin() as tx:
        capstone = tx.capstones.get(it.desk.id)
        made = prepare_defence(tx, capstone, it.member(SEN).person, now() + DAY, now())
    return {"defence": made.id}


def stored(it: Defending, number: int) -> Defence:
    with it.here.store.read() as tx:
        found = tx.defences.find(number)
    assert found
    return found


def test_a_model_words_what_it_may_and_the_rubric_the_rest(it: Defending) -> None:
    it.model = Scripted(defence=worded)
    defence = it.prepares()
    by_quote = {question.asked.quote: question.asked for question in defence.questions}
    assert by_quote["limit = 50"].text == TEXT
    assert by_quote["limit = 50"].follow_ups == ("What did the last full day look like?",)
    assert by_quote["def trust(caller):"].text == "What lost when safety.1 won?"
    assert by_quote["def trust(caller):"].touches == ("where the limit of 50 comes from",)


def test_the_request_is_exactly_this(it: Defending) -> None:
    it.model = Scripted(defence=worded)
    it.prepares()
    [request] = it.model.requests
    blocks = [f"=== system {n} ===\n{block}" for n, block in enumerate(request.system, 1)]
    text = "\n\n".join([*blocks, f"=== user ===\n{request.user}"]) + "\n"
    if os.environ.get("UPDATE"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text, "utf-8")
    assert SNAPSHOT.read_text("utf-8") == text
    assert (request.purpose, request.prompt) == ("defence", "defences/questions")


@pytest.mark.parametrize("outcome", [CallOutcome.FAILED, CallOutcome.OVER_BUDGET, CallOutcome.REFUSED])
def test_a_model_that_does_not_answer_delays_nothing(it: Defending, outcome: CallOutcome) -> None:
    it.model = Scripted(defence=outcome)
    defence = it.prepares()
    assert defence.state is DefenceState.READY
    assert all(question.asked.text.startswith("What lost when") for question in defence.questions)


@pytest.mark.parametrize("lost", ["begin", "prepare", "ready"])
def test_a_death_at_any_step_leads_to_the_same_questions_once(it: Defending, lost: str) -> None:
    argument = asks_for(it)
    steps = RecordedSteps(it.here.store)
    it.preparing().run(steps, argument)
    first = stored(it, argument["defence"])
    if lost != "ready":  # a transaction and its record are one, so that step is done or not
        with it.here.store.begin() as tx:
            tx.defences.set_state(first.id, DefenceState.PREPARING, now())
        del steps.record[[name for name, _ in steps.record].index(lost) :]
    steps.again()
    it.preparing().run(steps, argument)
    again = stored(it, argument["defence"])
    assert [one.asked for one in again.questions] == [one.asked for one in first.questions]
    assert again.state is DefenceState.READY
    it.settle()
    assert len([text for text in it.heard(it.people[SEN]) if "is ready" in text]) == 1


def test_code_with_a_secret_in_it_is_not_asked_about(it: Defending) -> None:
    key = KEYS["aws-access-key-id"][0]
    code = CODE.replace(b"limit = 50", f"limit = 50  # {key}".encode())
    it.github.push(it.repository, "main", {"desk.py": code})
    it.finds(speed_1=f"limit = 50  # {key}", safety_1="def trust(caller):")
    it.model = Scripted(defence=worded)
    defence = it.prepares()
    assert [question.asked.quote for question in defence.questions] == ["def trust(caller):"]
    assert key not in it.model.requests[0].user


def test_a_file_that_is_kept_from_models_is_not_asked_about(it: Defending) -> None:
    it.github.push(it.repository, "main", {".senseiignore": b"desk.py\n"})
    it.model = Scripted(defence=worded)
    it.prepares_nothing()
    assert it.defence() is None
    assert it.model.requests == []


def test_a_preparation_that_never_ends_can_be_started_again(it: Defending) -> None:
    first = asks_for(it)
    person = it.people[SEN]
    assert "I'm choosing the questions." in it.opens_defence(person)
    with it.here.store.begin() as tx:
        asked = now() - 2 * STUCK
        tx.defences.prepare_again(first["defence"], it.member(SEN).person, asked)
    assert "I couldn't choose the questions" in it.opens_defence(person)
    with it.here.store.begin() as tx:
        tx.jobs.mark_begun(tx.jobs.list_waiting("defence:")[0], now())
    defence = it.prepares()
    assert (defence.id, defence.state) == (first["defence"], DefenceState.READY)


def test_of_an_ended_capstone_nothing_is_prepared(it: Defending) -> None:
    argument = asks_for(it)
    with it.here.store.begin() as tx:
        tx.capstones.end(it.desk.id)
    it.model = Scripted(defence=worded)
    it.settle()
    assert it.model.requests == []
    assert stored(it, argument["defence"]).state is DefenceState.PREPARING
    assert not any("Your defence" in text for text in it.heard(it.people[ADA]))


@pytest.mark.parametrize("lost", ["begin", "prepare", "ready"])
def test_a_death_while_others_are_chosen_leads_to_the_same_others(it: Defending, lost: str) -> None:
    it.prepares()
    it.finds(safety_1="return caller in KNOWN")
    argument = asks_for(it)
    steps = RecordedSteps(it.here.store)
    it.preparing().run(steps, argument)
    first = stored(it, argument["defence"])
    if lost != "ready":
        with it.here.store.begin() as tx:
            tx.defences.set_state(first.id, DefenceState.PREPARING, now())
        del steps.record[[name for name, _ in steps.record].index(lost) :]
    steps.again()
    it.preparing().run(steps, argument)
    again = stored(it, argument["defence"])
    assert [one.asked.quote for one in again.questions] == ["return caller in KNOWN"]
    assert [one.asked for one in again.questions] == [one.asked for one in first.questions]


def test_what_a_check_in_asked_about_is_not_asked_again(it: Defending) -> None:
    with it.here.store.begin() as tx:
        asked = AskedQuestion(
            id=0,
            round=None,
            check="safety.1",
            text="Who may call it?",
            fingerprint=identify("safety", "def trust(caller):"),
            path="desk.py",
            side="head",
            line_start=7,
            line_end=7,
            quote="def trust(caller):",
            inline=False,
            state=QuestionState.ANSWERED,
            comment=None,
            head="a" * 40,
        )
        tx.questions.add_private(it.desk.id, asked, now())
    defence = it.prepares()
    assert "def trust(caller):" not in [question.asked.quote for question in defence.questions]
