"""The question that starts the first conversation of a new pair."""

import yaml

from bot.domain.dojo.people import Profile, WorkingHours
from bot.domain.dojo.profiles import Vocabulary
from bot.rendering.pairing.first_questions import QUESTIONS, first_question
from bot.resources import folder

HOURS = WorkingHours("UTC")
SKILLS = {"odd": "Odd", "risk": "Risk-aware system design", "security": "Security"}
VOCABULARY = Vocabulary(SKILLS, {}, frozenset())


def test_a_first_question_is_about_what_one_looks_for_and_the_other_brings() -> None:
    ada = Profile(HOURS, skills={"risk": 2, "security": 3}, brief="An assistant for clerks")
    sen = Profile(HOURS, skills={"risk": 3})
    said = first_question(ada, sen, VOCABULARY)
    assert said.startswith("Risk-aware system design: what is the worst thing")
    assert first_question(ada, None, VOCABULARY).startswith("Security: ")
    assert "least sure" in first_question(Profile(HOURS, brief="x"), sen, VOCABULARY)
    assert "trust yourself" in first_question(Profile(HOURS), sen, VOCABULARY)


def test_a_skill_without_a_question_or_outside_the_rubric_is_passed_over() -> None:
    ada = Profile(HOURS, skills={"odd": 3, "gone": 3, "risk": 1})
    assert first_question(ada, None, VOCABULARY).startswith("Risk-aware system design: ")


def test_every_criterion_of_the_rubric_has_a_question() -> None:
    with (folder("rubrics") / "capstone.yaml").open() as file:
        rubric = yaml.safe_load(file)
    assert {*QUESTIONS} == {criterion["id"] for criterion in rubric["criteria"]}
    assert all(question.endswith("?") for question in QUESTIONS.values())
