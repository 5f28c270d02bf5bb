"""Withdrawing in private: nobody else sees what it came from, unless the participant writes again."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from bot.adapters.files import prompts
from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.conversations import ConversationState
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.handovers import hand_over
from bot.workflows.articulation.hearing import AnswerHearing
from bot.workflows.triage.deliveries import OverlookedDeliveries
from tests.entrypoints.webhooks import now
from tests.fakes.model import Scripted
from tests.fakes.slack import look
from tests.fakes.steps import Straight
from tests.workflows.articulation.talking import SEN, SOME_DAYS, Talking

FIRST, SECOND = "We keep <all> of it.", "We looked at an LRU."
WITHDRAW = "decisions.withdraw"
RULES = ArticulationRules(load_guide(), {"speed.1": 2})


def hears(it: Talking, number: int, model: Scripted | None = None) -> str:
    """Let Sensei hear the answers, without a model unless there is one; return what it does."""
    prompt = prompts.load("articulation/articulate")
    hearing = AnswerHearing(
        it.here.store, RULES, prompt, lambda _repository: nullcontext(model), now, on_left=hand_over
    )
    outcome = hearing.hear(Straight(it.here.store), {"question": number})["outcome"]
    it.settle()
    return str(outcome)


def drafted(it: Talking) -> int:
    """Let Ada answer twice, so that Sensei has drafted her decision; return the question."""
    number = it.asks_in_private()
    it.answers(number, FIRST)
    assert hears(it, number) == "probe"
    it.answers(number, SECOND)
    assert hears(it, number) == "draft"
    return number


def withdraws(it: Talking) -> dict[str, Any]:
    """Let Ada withdraw the draft with its button; return its message."""
    message = it.newest(WITHDRAW)
    assert not it.ada.click(message, WITHDRAW).failed
    it.settle()
    return next(each for each in it.ada.messages if each["ts"] == message["ts"])


def says(it: Talking, text: str, message: dict[str, Any]) -> dict[str, Any]:
    """Let Ada reply in the thread of a message."""
    said = it.ada.says(text, thread=message["ts"])
    it.settle()
    return said


def decision_of(it: Talking, number: int) -> Decision:
    with it.here.store.read() as tx:
        found = tx.decisions.by_question(number)
    assert found
    return found


def statements(it: Talking) -> int:
    """How many statements of Ada's the ledger has."""
    with it.here.store.read() as tx:
        return len(tx.statements.of(it.capstone.id))


def text_of(message: dict[str, Any]) -> str:
    return " ".join(look.text(message).split())


def is_kept_from_sensei(it: Talking) -> bool:
    """Let days pass, and look for what was overlooked; return whether nothing about it reached Sen."""
    with it.here.store.read() as tx:
        listed = tx.standings.handovers([it.capstone.id])
    overlooked = OverlookedDeliveries(it.here.store, now).look()
    it.settle(SOME_DAYS)
    return (listed, overlooked, it.sen.messages, it.sol.messages) == ([], 0, [], [])


def test_a_withdrawn_private_draft_goes_to_nobody(it: Talking) -> None:
    number = drafted(it)
    assert statements(it) == 0, "without a model, nothing counts before it is confirmed"
    shown = withdraws(it)
    assert (it.talk(number).state, it.talk(number).quotes) == (ConversationState.CLOSED, ())
    assert it.question(number).state is QuestionState.ANSWERED
    assert it.words_of(number) == [FIRST, SECOND]
    assert (
        "You've withdrawn this draft. Nobody else sees it, and for now I won't pass your answers on. You can "
        "answer again in this thread. If you reply “I'll ask my sensei”, I'll pass the question on to your "
        "sensei with your words."
    ) in text_of(shown)
    assert is_kept_from_sensei(it)
    it.shows_home(it.ada)
    assert "private question" not in look.text(it.ada.home or {})
    it.shows_home(it.sen)
    assert FIRST not in str(it.sen.home)


def test_what_it_said_for_its_check_no_longer_counts(it: Talking) -> None:
    number = drafted(it)
    with it.here.store.begin() as tx:
        tx.statements.enter(
            it.capstone.id,
            source="thread",
            reference=number,
            check="speed.1",
            partial=True,
            missing="not confirmed by its author",
            quote="",
            pull_request=None,
            pending=False,
            at=now(),
        )
    withdraws(it)
    assert statements(it) == 0


def test_without_a_sensei_its_message_speaks_of_none(it: Talking) -> None:
    drafted(it)
    it.pairs_end(SEN)
    shown = text_of(withdraws(it))
    assert "I won't pass your answers on. You can answer again in this thread. ·" in shown


@pytest.mark.parametrize("by_button", [True, False])
def test_another_answer_is_drafted_again(it: Talking, by_button: bool) -> None:
    number = drafted(it)
    shown = withdraws(it)
    if by_button:
        it.answers(number, "We changed our minds.")
    else:
        says(it, "We changed our minds.", shown)
    assert hears(it, number) == "draft"
    newer = decision_of(it, number)
    assert (newer.number, newer.state) == (2, DecisionState.DRAFT)
    assert list(newer.texts.values()) == ["We changed our minds."]
    assert "We changed our minds." in it.heard(it.ada)[-1]
    assert is_kept_from_sensei(it)


def test_whoever_then_asks_for_their_sensei_gets_them(it: Talking) -> None:
    number = drafted(it)
    shown = withdraws(it)
    says(it, "I'll ask my sensei.", shown)
    assert hears(it, number) == "leave"
    assert "will read it next" in it.heard(it.ada)[-1]
    again = next(each for each in it.ada.messages if each["ts"] == shown["ts"])
    assert "This draft was withdrawn." in text_of(again), "there is no newer one"
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert FIRST in told
    assert SECOND in told


def scripted(stance: str, *parts: dict[str, Any]) -> Scripted:
    """A model that hears the same in every answer."""
    return Scripted(articulate=lambda _request: {"parts": list(parts), "stance": stance, "probe": None})


def test_a_model_that_hears_another_answer_is_not_shown_what_was_taken_back(it: Talking) -> None:
    number = drafted(it)
    says(it, "Thanks.", withdraws(it))
    model = scripted("argues", {"part": "decided", "message": 1, "quote": "Thanks."})
    assert hears(it, number, model) == "draft"
    [request] = model.requests
    assert "Thanks." in request.user
    assert SECOND not in request.user
    assert decision_of(it, number).texts == {Slot.DECIDED: "Thanks."}


@pytest.mark.parametrize("by_model", [False, True])
def test_whoever_then_does_not_know_passes_on_only_that(it: Talking, by_model: bool) -> None:
    number = drafted(it)
    says(it, "I don't know yet.", withdraws(it))
    assert hears(it, number, scripted("does_not_know") if by_model else None) == "leave"
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "I don't know yet." in told
    assert FIRST not in told
    assert SECOND not in told


def test_what_only_a_model_takes_for_the_request_passes_on_no_more(it: Talking) -> None:
    number = drafted(it)
    says(it, "Who could look at this with me?", withdraws(it))
    assert hears(it, number, scripted("asks_sensei")) == "leave"
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "Who could look at this with me?" in told
    assert FIRST not in told


def test_whoever_then_changes_that_request_passes_on_no_more(it: Talking) -> None:
    number = drafted(it)
    said = says(it, "I'll ask my sensei.", withdraws(it))
    assert hears(it, number) == "leave"
    it.ada.edits(said, "Never mind.")
    it.settle()
    assert hears(it, number, scripted("unsure")) == "wait"
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "Never mind." in told
    assert FIRST not in told


def test_an_answer_after_that_request_is_drafted_without_what_was_taken_back(it: Talking) -> None:
    number = drafted(it)
    shown = withdraws(it)
    says(it, "I'll ask my sensei.", shown)
    assert hears(it, number) == "leave"
    says(it, "We changed our minds.", shown)
    assert hears(it, number) == "draft"
    assert list(decision_of(it, number).texts.values()) == ["We changed our minds."]


def test_what_is_taken_back_again_stays_so(it: Talking) -> None:
    number = drafted(it)
    shown = withdraws(it)
    says(it, "I'll ask my sensei.", shown)
    says(it, "We changed our minds.", shown)
    assert hears(it, number) == "draft"
    says(it, "I don't know yet.", withdraws(it))
    assert hears(it, number) == "leave"
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "I don't know yet." in told
    assert not any(words in told for words in (FIRST, SECOND, "We changed our minds."))


def test_another_answer_that_is_deleted_brings_back_nothing(it: Talking) -> None:
    number = drafted(it)
    said = says(it, "We changed our minds.", withdraws(it))
    assert hears(it, number) == "draft"
    it.ada.deletes(said)
    it.settle()
    assert hears(it, number) == "close"
    assert decision_of(it, number).state is DecisionState.WITHDRAWN
    assert is_kept_from_sensei(it)


def test_a_dispute_after_that_shows_only_its_reason(it: Talking) -> None:
    drafted(it)
    withdraws(it)
    it.disputes("Moot.")
    it.settle(SOME_DAYS)
    [card] = it.heard(it.sen)
    assert "Their reason Moot." in card
    assert FIRST not in card


def edits(it: Talking, said: dict[str, Any]) -> None:
    it.ada.edits(said, "I don't know yet.")


def deletes(it: Talking, said: dict[str, Any]) -> None:
    it.ada.deletes(said)


@pytest.mark.parametrize("change", [edits, deletes])
def test_an_edit_or_a_deletion_after_that_is_no_new_answer(
    it: Talking, change: Callable[[Talking, dict[str, Any]], None]
) -> None:
    number = it.asks_in_private()
    it.answers(number, FIRST)
    hears(it, number)
    said = says(it, SECOND, it.newest("articulation.answer"))
    hears(it, number)
    withdraws(it)
    change(it, said)
    it.settle()
    model = Scripted(articulate=lambda _request: {"parts": [], "stance": "does_not_know", "probe": None})
    assert hears(it, number, model) == "wait"
    assert model.requests == [], "nobody reads what was taken back"
    assert decision_of(it, number).state is DecisionState.WITHDRAWN
    assert it.talk(number).quotes == ()
    assert is_kept_from_sensei(it)


def test_what_was_written_just_before_does_not_bring_it_back(it: Talking) -> None:
    number = drafted(it)
    says(it, "I don't know yet.", it.newest(WITHDRAW))
    withdraws(it)
    assert hears(it, number) == "wait"
    assert is_kept_from_sensei(it)


def test_a_withdrawn_private_record_goes_to_nobody_either(it: Talking) -> None:
    number = drafted(it)
    it.ada.click(it.newest("decisions.confirm"), "decisions.confirm")
    it.settle()
    assert decision_of(it, number).state is DecisionState.CONFIRMED
    it.ada.command("/dojo decisions 1")
    assert it.ada.modal
    assert not it.ada.click(it.ada.modal, f"{WITHDRAW}:{decision_of(it, number).id}").failed
    it.settle()
    assert it.talk(number).state is ConversationState.CLOSED
    assert statements(it) == 0
    told = it.heard(it.ada)
    withdrawn = "You've withdrawn this decision. It no longer counts, and for now I won't pass your answers"
    assert any(withdrawn in text for text in told)
    assert is_kept_from_sensei(it)
