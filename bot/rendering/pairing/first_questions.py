"""The question with which two people are introduced."""

from collections.abc import Mapping

from bot.domain.dojo.people import Profile
from bot.domain.dojo.profiles import Vocabulary

QUESTIONS: Mapping[str, str] = {
    "outcome": "Who would notice on a Monday morning if this system were gone, and how could you tell?",
    "integration": "Which existing system is hardest to fit in with, and what have you assumed about it?",
    "risk": "What is the worst thing this system could do to somebody, and who would see it first?",
    "validation": "How would you know within a day that it had become worse?",
    "context": "What does the model have to know to do this well, and what must it never be shown?",
    "reliability": "The model is down for an hour in the middle of the day: what do people see?",
    "governance": "In a year somebody asks why the system said what it said: what can you show them?",
    "performance_cost": "What may one answer cost, how long may it take, and who decides?",
    "security": "Somebody writes to this system who wants it to do harm: what can they reach?",
    "delivery": "What would you want to have seen before you let a hundred people use it?",
}
"""A first question by the id of the criterion that it is about: open, with no one right answer."""

_ABOUT_CAPSTONE = "Which choice in your capstone are you least sure of, and what would make you change it?"
_ABOUT_GOALS = (
    "What would you like to be able to decide at the end that you would not trust yourself with today?"
)


def first_question(participant: Profile | None, sensei: Profile | None, vocabulary: Vocabulary) -> str:
    """Return a question about the skill that the participant looks for most and the sensei brings.

    Skills that are not in the rubric, or have no question, are passed over. Of equals, the rubric's first is
    taken.
    """
    if participant is None:
        return _ABOUT_CAPSTONE
    brings = sensei.skills if sensei else {}
    sought = [
        (-want * brings.get(skill, 0), -want, order, skill)
        for order, skill in enumerate(vocabulary.skills)
        if skill in QUESTIONS and (want := participant.skills.get(skill, 0))
    ]
    if sought:
        *_, skill = min(sought)
        question = QUESTIONS[skill]
        return f"{vocabulary.skills[skill]}: {question[0].lower()}{question[1:]}"
    return _ABOUT_CAPSTONE if participant.brief.strip() else _ABOUT_GOALS
