"""What people can do with decision records in the chat."""

from collections.abc import Callable

from bot.domain.articulation.guide import ArticulationRules
from bot.workflows.chat.features import Feature
from bot.workflows.decisions import messages
from bot.workflows.decisions.buttons import DecisionButtons
from bot.workflows.decisions.forms import DecisionForms
from bot.workflows.decisions.lists import DecisionLists


def decision_features(load_rules: Callable[[], ArticulationRules]) -> tuple[Feature, ...]:
    """Return the chat features for decision records. ``load_rules`` is called when they are first used."""
    return (
        DecisionLists(load_rules).feature(),
        DecisionButtons(load_rules).feature(),
        DecisionForms(load_rules).feature(),
        messages.FEATURE,
    )
