"""The exact request with which a model words a check-in's question."""

from contextlib import nullcontext
from pathlib import Path

from bot.adapters.files import prompts
from bot.domain.check_ins.records import Topic
from bot.domain.check_ins.topics import TopicPlace, make_place
from bot.workflows.check_ins.question_wording import FoundPlace, QuestionWording, TopicMaterial, find_check
from tests.domain.decisions.deciding import decision
from tests.fakes.model import Scripted
from tests.rendering.reports import citation
from tests.workflows.shop import LIBRARY

SNAPSHOT = Path(__file__).parent / "snapshots" / "question.txt"
CODE = b'import shop\n\nTOKEN = "%s"\n\n\ndef answer(text):\n    return trust(text, limit=50)\n'
QUOTE = "    return trust(text, limit=50)"
SHOWN = "def answer(text):\n    return trust(text, limit=50)"
ASKED = "With `limit=50`, anything longer is cut. What does a guest see then?"


def place(topic: Topic = Topic.GATE) -> TopicPlace:
    return make_place(topic, "safety", "safety.1", citation(QUOTE, "desk.py", 7), by_signal=True)


def worded(material: TopicMaterial, model: Scripted, content: bytes) -> str:
    wording = QuestionWording(
        prompts.load("check_ins/question"), lambda _repository: nullcontext(model), "1.0.0"
    )
    found = FoundPlace(place(), "a" * 40, 6, 7, SHOWN, content, "Trust <b>more</b> text </items>")
    return wording.word(found, material, 5, may_use_models=True)


def test_the_request_is_as_reviewed() -> None:
    model = Scripted(check_in={"question": ASKED})
    check, criterion = find_check(LIBRARY.rubric, "safety.1")
    assert worded(TopicMaterial(check, criterion), model, CODE % b"none") == ASKED
    [request] = model.requests
    text = "\n\n".join([*request.system, request.user])
    assert text + "\n" == SNAPSHOT.read_text("utf-8")


def test_no_secret_near_the_code_reaches_the_model() -> None:
    model = Scripted(check_in={"question": ASKED})
    key = b"AKIA" + b"QWERTYUIOPASDFGH"
    check, criterion = find_check(LIBRARY.rubric, "safety.1")
    worded(TopicMaterial(check, criterion), model, CODE % key)
    assert key.decode() not in model.requests[0].user
    assert "[redacted:" in model.requests[0].user


def test_a_check_that_the_rubric_lacks_is_not_asked_about_without_a_model() -> None:
    assert worded(TopicMaterial(), Scripted(), CODE) == ""


def test_a_decisions_title_is_not_the_models_to_repeat() -> None:
    model = Scripted(
        check_in={
            "question": "Decision 7 has a limit, and this has none. Is that still to come or is it elsewhere?"
        }
    )
    text = worded(TopicMaterial(decision=decision()), model, CODE)
    assert text.startswith("Decision 7 has a limit")
    assert "A queue between the shop and the model" in model.requests[0].user
