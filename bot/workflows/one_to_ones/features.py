"""Everything that one-to-ones add to Slack."""

from collections.abc import Callable, Collection

from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import Feature
from bot.workflows.one_to_ones.afterwards import Afterwards
from bot.workflows.one_to_ones.brief_material import BriefGatherer
from bot.workflows.one_to_ones.brief_messages import BriefMessages
from bot.workflows.one_to_ones.calendar_forms import CalendarForms
from bot.workflows.one_to_ones.planning import OneToOnePlanning
from bot.workflows.one_to_ones.shown_briefs import ShownBriefs
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def one_to_one_features(
    load_ledgers: Callable[[], LedgerLoader], hosts: Collection[str], now: Clock, web: str = ""
) -> tuple[Feature, ...]:
    """Return the features.

    ``load_ledgers`` loads the rubric on its first call. ``hosts`` are those of which calendars may be read.
    ``web`` is the code host's web address, to which briefs link.
    """
    gatherer = BriefGatherer(load_ledgers, web)
    return (
        OneToOnePlanning().feature(),
        CalendarForms(hosts).feature(),
        BriefMessages(gatherer, now).feature(),
        ShownBriefs(gatherer).feature(),
        Afterwards(now).feature(),
    )
