"""Words that Sensei may use although nobody has used them yet."""

from bot.domain.guardrails.judging_words import is_judging
from bot.domain.guardrails.known_words import find_tokens
from bot.domain.guardrails.person_names import names_person
from bot.domain.guardrails.plain_vocabulary import ANYWHERE, FINITE, IN_QUESTIONS, NUMERALS
from bot.domain.guardrails.suggested_fixes import find_mechanisms


def test_no_plain_word_is_a_remedy_a_judgement_or_a_name() -> None:
    assert [word for word in IN_QUESTIONS if find_mechanisms(word) or is_judging(word)] == []
    assert [word for word in IN_QUESTIONS if names_person(word, word)] == []


def test_every_plain_word_is_one_word() -> None:
    assert [word for word in IN_QUESTIONS if find_tokens(word) != [word]] == []
    assert ANYWHERE < IN_QUESTIONS
    assert FINITE < ANYWHERE


def test_a_grade_is_not_made_of_plain_words() -> None:
    grading = {"level", "grade", "score", "rubric", "points", "percent", "pass", "criterion", "marks"}
    assert IN_QUESTIONS.isdisjoint(grading)


def test_numbers_have_one_value() -> None:
    assert [NUMERALS[word] for word in ("zero", "nineteen", "twenty", "hundred")] == ["0", "19", "20", "100"]
