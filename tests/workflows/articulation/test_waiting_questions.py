"""Private questions in the App Home: those that wait for the participant, and no others."""

from bot.domain.articulation.conversations import ConversationState
from tests.fakes.slack import look
from tests.workflows.articulation.talking import Talking


def home(it: Talking) -> str:
    it.shows_home(it.ada)
    assert it.ada.home
    return " ".join(look.text(it.ada.home).split())


def test_a_waiting_question_has_a_button_that_answers_it(it: Talking) -> None:
    number = it.asks_in_private()
    assert "1 private question – I don't post your answers on GitHub" in home(it)
    assert it.ada.home
    it.ada.click(it.ada.home, f"articulation.answer:home{number}")
    assert it.ada.modal
    assert not it.ada.submit({"articulation.text": "Because."}).errors
    it.settle()
    assert it.words_of(number) == ["Because."]
    assert "private question" not in home(it)


def test_a_follow_up_waits_again(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "Because.")
    it.probes(number)
    assert "• Was there <another> way?" in home(it)


def test_what_is_left_disputed_or_public_does_not_wait(it: Talking) -> None:
    left = it.asks_in_private()
    it.turns(left, state=ConversationState.LEFT)
    it.asks_in_private()
    it.disputes("Moot.")
    it.asks()
    assert "private question" not in home(it)


def test_of_many_the_oldest_are_shown_and_the_others_counted(it: Talking) -> None:
    for _ in range(5):
        it.asks_in_private()
    assert "5 private questions" in home(it)
    assert "2 more in our direct messages" in home(it)
