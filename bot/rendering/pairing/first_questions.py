"""The question that starts the first conversation of a new pair."""

from collections.abc import Mapping

from bot.domain.dojo.people import Profile
from bot.domain.dojo.profiles import Vocabulary

QUESTIONS: Mapping[str, str] = {
    "outcome": "Who would notice on a Monday morning if this system were gone, and how would you hear of it?",
    "integration": "Which existing system is hardest to integrate with, and what have you assumed about it?",
    "risk": "What is the worst thing this system could do to someone, and who would see it first?",
    "validation": "How would you know within a day that the system had got worse?",
    "context": "What does the model need to know to do its job well, and what must it never see?",
    "reliability": "If the model is down for an hour in the middle of the day, what do people see?",
    "governance": "If someone asks in a year why the system gave a certain answer, what can you show them?",
    "performance_cost": "How much may one answer cost, how long may it take, and who decides?",
    "security": "If someone writes to this system in order to cause harm, what can they reach?",
    "delivery": "What would you want to have seen before you let a hundred people use this system?",
}
"""The first question about each criterion, by its id: open, with no single right answer."""

_ABOUT_CAPSTONE = "Which choice in your capstone are you least sure of, and what would make you change it?"
_ABOUT_GOALS = (
    "By the end of the programme, what would you like to be able to decide on your own that you wouldn't "
    "trust yourself to decide today?"
)


def first_question(participant: Profile | None, sensei: Profile | None, vocabulary: Vocabulary) -> str:
    """Return a question about the skill that best matches what the participant seeks and the sensei offers.

    Skills that are not in the rubric, or have no question, are skipped. In a tie, the skill that comes first
    in the rubric wins.
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
