"""Everything that waiting questions add to Slack."""

from collections.abc import Callable, Mapping

from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Feature
from bot.workflows.triage.question_buttons import Decides, QuestionButtons
from bot.workflows.triage.question_cards import QUESTION, QuestionCards


def feature(
    web: str, keep: Decides, withdraw: Decides, now: Clock, load_asks: Callable[[], Mapping[str, str]]
) -> Feature:
    """Return the feature.

    ``web`` is the code host's web address. ``keep`` and ``withdraw`` carry out a decision, ``now`` tells who
    is on duty when a card is written, and ``load_asks`` returns what each check asks, by its id.
    """
    buttons = QuestionButtons(keep, withdraw)
    return Feature(
        buttons=buttons.buttons(),
        forms=buttons.forms(),
        words={QUESTION: QuestionCards(web, now, load_asks).write},
    )
