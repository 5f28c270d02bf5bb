"""Everything that rulings add to Slack."""

from collections.abc import Callable
from functools import cache

from bot.workflows.chat.features import Feature
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.exemption_forms import ExemptionForms
from bot.workflows.triage.ruling_display import RulingDisplay
from bot.workflows.triage.ruling_forms import RulingForms
from bot.workflows.triage.ruling_lists import RulingLists
from bot.workflows.triage.rulings import CriterionRulings, OnRuled


def ruling_features(
    load_ledgers: Callable[[], LedgerLoader], on_ruled: OnRuled, web: str
) -> tuple[Feature, ...]:
    """Return the features.

    ``load_ledgers`` loads the rubric on its first call, ``on_ruled`` is called for each new ruling, and
    ``web`` is the code host's web address.
    """
    load_rulings = cache(lambda: CriterionRulings(load_ledgers(), on_ruled))
    lists, display = RulingLists(load_ledgers), RulingDisplay(load_rulings, web)
    return (
        lists.feature(),
        RulingForms(load_rulings, display, lists).feature(),
        ExemptionForms(load_rulings, display).feature(),
    )
