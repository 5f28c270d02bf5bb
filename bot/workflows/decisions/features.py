"""What people can do with decision records in the chat."""

from collections.abc import Callable

from bot.domain.articulation.guide import ArticulationRules
from bot.workflows.chat.features import Feature
from bot.workflows.decisions import messages
from bot.workflows.decisions.buttons import DecisionButtons
from bot.workflows.decisions.forms import DecisionForms
from bot.workflows.decisions.lists import DecisionLists


def decision_features(load_rules: Callable[[], ArticulationRules], web: str) -> tuple[Feature, ...]:
    """Return the chat features for decision records.

    ``load_rules`` is called when they are first used. ``web`` is the code host's page.
    """
    return (
        DecisionLists(load_rules, web).feature(),
        DecisionButtons(load_rules, web).feature(),
        DecisionForms(load_rules).feature(),
        messages.feature(web),
    )
