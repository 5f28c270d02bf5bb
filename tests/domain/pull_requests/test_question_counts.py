"""What is counted of a pull request's questions: what it shows, and what waits for an answer."""

from dataclasses import replace

from bot.domain.pull_requests.question_counts import QuestionCounts, count_questions
from bot.domain.pull_requests.records import AskedQuestion, QuestionState

QUESTION = AskedQuestion(
    id=1,
    round="review:7#12:1",
    check="safety.1",
    text="What lost when this won?",
    fingerprint="f" * 64,
    path="app/client.py",
    side="head",
    line_start=7,
    line_end=7,
    quote="timeout=3",
    inline=True,
    state=QuestionState.ASKED,
    comment=None,
)


def test_only_a_question_without_an_answer_is_open() -> None:
    every = [replace(QUESTION, id=number, state=state) for number, state in enumerate(QuestionState)]
    assert count_questions(every) == QuestionCounts(asked=5, on_lines=1)
    assert count_questions(every).open == 1


def test_a_question_that_is_about_to_be_asked_counts_where_it_will_be() -> None:
    chosen = [replace(QUESTION, id=number, state=QuestionState.PROPOSED) for number in (1, 2, 3)]
    assert count_questions(chosen) == QuestionCounts()
    # GitHub may refuse a line that Sensei found in the diff: the review says where it asks, not the row.
    assert count_questions(chosen, asking=[1, 2], threadless={2}) == QuestionCounts(2, 1, 1)


def test_an_earlier_question_in_a_body_has_no_thread() -> None:
    assert count_questions([replace(QUESTION, inline=False)]) == QuestionCounts(asked=1, threadless=1)


def test_open_questions_about_earlier_decisions_are_counted_by_decision() -> None:
    asked = [
        QUESTION,
        replace(QUESTION, id=2),
        replace(QUESTION, id=3, state=QuestionState.RESOLVED),
        replace(QUESTION, id=4),
    ]
    assert count_questions(asked, decisions={2: 7, 3: 8, 4: 5}).decisions == (5, 7)
