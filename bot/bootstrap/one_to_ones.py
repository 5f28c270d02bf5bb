"""One-to-ones: their features in Slack, their workflows, and what keeps their times right."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.ports.engine import Engine
    from bot.ports.store import Store
    from bot.workflows.chat.features import Feature
    from bot.workflows.triage.capstone_ledgers import LedgerLoader


def one_to_one_features(
    settings: Settings, load_ledgers: "Callable[[], LedgerLoader]"
) -> "tuple[Feature, ...]":
    """Return what one-to-ones add to Slack."""
    from bot.workflows.one_to_ones import features

    web = web_address(settings.github_api_url)
    return features.one_to_one_features(load_ledgers, _list_hosts(settings), wiring.now, web)


def register_one_to_ones(engine: "Engine", settings: Settings, store: "Store") -> None:
    """Register the workflows ``calendar`` and ``one_to_one``."""
    from bot.adapters.calendars.https_calendars import HttpsCalendars
    from bot.workflows.one_to_ones.calendar_reading import CalendarReading
    from bot.workflows.one_to_ones.sending import OneToOneSending

    calendars = HttpsCalendars(_list_hosts(settings))
    engine.workflow("calendar", CalendarReading(store, calendars, wiring.now).run)
    engine.workflow("one_to_one", OneToOneSending(wiring.now).run)


def schedule_keeper(store: "Store") -> Callable[[bool], None]:
    """Return a periodic task: it keeps the times of briefs, of later questions and of calendars right."""
    from bot.workflows.one_to_ones.schedule import OneToOneSchedule

    schedule = OneToOneSchedule(store, wiring.now)

    def keep(_starting: bool) -> None:
        schedule.keep()

    return keep


def _list_hosts(settings: Settings) -> tuple[str, ...]:
    """Return the hosts of calendars; none if the setting is empty."""
    hosts = (host.strip().lower() for host in settings.calendar_hosts.split(","))
    return tuple(host for host in hosts if host)
