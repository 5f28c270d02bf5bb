"""What a sensei submits as a ruling, and what must be in it."""

from dataclasses import dataclass

from bot.domain.triage.records import Verdict
from bot.errors import UserError

MOST_OF_A_REASON, MOST_OF_A_SENTENCE = 1000, 300
"""Maximum characters of the reason, for senseis, and of the sentence to the participant."""
LEVELS = range(5)


@dataclass(frozen=True, slots=True)
class RulingInput:
    """What a sensei submits. ``level`` counts only with ``Verdict.OTHER``.

    ``view`` identifies the evidence that they read (``CriterionEvidence.view``). Without it, the evidence
    that they opened last counts.
    """

    capstone: int
    criterion: str
    verdict: Verdict
    level: int | None = None
    reason: str = ""
    sentence: str = ""
    entered_by_operator: bool = False
    view: str = ""


def check_input(given: RulingInput) -> None:
    """Check the words of a ruling.

    Raises:
        UserError: they are too long, or a level other than the draft has no reason.
    """
    require_length("The reason", given.reason, MOST_OF_A_REASON)
    require_length("The sentence to the participant", given.sentence, MOST_OF_A_SENTENCE)
    if given.verdict is Verdict.OTHER:
        if given.level not in LEVELS:
            raise UserError("A ruling needs a level from 0 to 4.", "Choose one.")
        if not has_words(given.reason):
            raise UserError(
                "A level other than the draft needs a reason.", "Give a reason. Only senseis can read it."
            )


def check_level(given: RulingInput, draft: int | None) -> int | None:
    """Return the level that a complete ruling gives, or None if the sensei could not judge.

    Raises:
        UserError: there is no draft level to agree with.
    """
    if given.verdict is Verdict.CANNOT_JUDGE:
        return None
    if given.verdict is Verdict.OTHER:
        return given.level
    if draft is None:
        raise UserError(
            "There is no draft level to agree with.", "Choose a level, or say that you can't judge."
        )
    return draft


def require_length(what: str, text: str, most: int) -> None:
    """Refuse a text that is too long to store.

    Raises:
        UserError: it is longer than ``most`` characters.
    """
    if len(text.strip()) > most:
        raise UserError(
            f"{what} can have at most {most:,} characters, and yours has {len(text.strip()):,}. "
            "I haven't saved anything.",
            "Shorten it, then try again.",
        )


def has_words(text: str) -> bool:
    """Return whether a text says anything: invisible characters and punctuation alone don't."""
    return any(character.isalnum() for character in text)
