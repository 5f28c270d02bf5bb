"""Weekly digests: their feature in Slack, their workflow, and what keeps their times right."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import triage, wiring
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.ports.engine import Engine
    from bot.ports.store import Store
    from bot.workflows.chat.features import Feature
    from bot.workflows.digest.capstone_matters import CapstoneRowsLoader, GrowthLines
    from bot.workflows.digest.making import DrawPicture
    from bot.workflows.digest.preview import DigestPreviews
    from bot.workflows.digest.schedule import DigestSchedule
    from bot.workflows.digest.sensei_digests import DescribePicture


def rows_loader(
    settings: Settings, find_growth: "GrowthLines | None" = None
) -> "Callable[[], CapstoneRowsLoader]":
    """Return a function that returns what reads the rows of a digest. The first call loads the rubric."""
    load_ledgers = triage.ledger_loader(settings)

    @cache
    def load() -> "CapstoneRowsLoader":
        from bot.workflows.digest.capstone_matters import CapstoneRowsLoader

        return CapstoneRowsLoader(load_ledgers(), find_growth)

    return load


def digest_feature(settings: Settings, describe: "DescribePicture | None" = None) -> "Feature":
    """Return what digests add to Slack. ``describe`` puts their pictures into words."""
    from bot.workflows.digest import features

    web = web_address(settings.github_api_url)
    return features.digest_feature(web, rows_loader(settings), wiring.now, describe)


def register_digests(
    engine: "Engine", settings: Settings, store: "Store", draw: "DrawPicture | None" = None
) -> None:
    """Register the workflow ``digest``. ``draw`` draws and uploads the picture of a digest."""
    from bot.workflows.digest.making import DigestWorkflow
    from bot.workflows.digest.sensei_digests import SenseiDigestMaker

    makers = {"sensei": SenseiDigestMaker(rows_loader(settings))}
    engine.workflow("digest", DigestWorkflow(store, makers, wiring.now, draw).run)


def make_schedule(store: "Store") -> "DigestSchedule":
    """Return what keeps the times of digests right."""
    from bot.workflows.digest.schedule import DigestSchedule

    return DigestSchedule(store, wiring.now)


def make_previews(settings: Settings) -> "DigestPreviews":
    """Return what shows digests to whoever runs Sensei, without anything about growth."""
    from bot.workflows.digest.gathering import DigestGatherer
    from bot.workflows.digest.preview import DigestPreviews

    return DigestPreviews(DigestGatherer(rows_loader(settings)()), wiring.now())
