"""Asking in direct messages: what is kept, and what comes back in the thread."""

from tests.workflows.enquiries.asking import QUESTION, Asking, answers_with


def test_a_question_is_answered_in_its_thread_with_the_source(it: Asking) -> None:
    it.says(answers_with())
    said = it.asks()
    [answer] = it.in_thread(said)
    assert "A run of the pipeline may take at most 45 minutes. [1]" in answer
    assert "Helpful" in answer
    print(answer)
    assert [one.text for one in it.messages()] == [QUESTION]
