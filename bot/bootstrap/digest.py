"""Weekly digests: their features in Slack, their workflows, and what keeps their times right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import triage, wiring
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.ports.chat import Block, Chat
    from bot.ports.engine import Engine
    from bot.ports.store import Store, Tx
    from bot.ports.triage import StoredDigest
    from bot.workflows.chat.features import Feature
    from bot.workflows.digest.capstone_matters import CapstoneRowsLoader, GrowthLines
    from bot.workflows.digest.kept_days import KeptDays
    from bot.workflows.digest.lead_digests import LeadDigests
    from bot.workflows.digest.preview import DigestPreviews
    from bot.workflows.digest.schedule import DigestSchedule


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


def digest_feature(settings: Settings) -> "Feature":
    """Return what senseis' digests add to Slack."""
    from bot.workflows.digest import features
    from bot.workflows.digest.picture_content import picture_blocks

    load_ledgers = triage.ledger_loader(settings)

    def show_picture(tx: "Tx", digest: "StoredDigest") -> "tuple[Block, ...]":
        return picture_blocks(tx, load_ledgers().library.rubric, digest)

    web = web_address(settings.github_api_url)
    rows = rows_loader(settings, _growth_finder(settings))
    return features.digest_feature(web, rows, wiring.now, show_picture)


def _growth_finder(settings: Settings) -> "GrowthLines":
    """Return what finds growth since last week's Monday, so that a row stays while its digest is shown."""
    from bot.workflows.milestones.growth import list_growth_lines

    load_ledgers = triage.ledger_loader(settings)

    def find(tx: "Tx", capstones: Collection[int]) -> Mapping[int, Sequence[str]]:
        now = wiring.now()
        monday = datetime.combine(now.date() - timedelta(days=7 + now.weekday()), time(), UTC)
        return list_growth_lines(tx, load_ledgers().library, capstones, monday)

    return find


def lead_digests(settings: Settings) -> "LeadDigests":
    """Return what makes and writes leads' digests."""
    from bot.workflows.digest.lead_digests import LeadDigests

    return LeadDigests(triage.ledger_loader(settings), settings.day_budget_usd, wiring.now)


def register_digests(engine: "Engine", settings: Settings, store: "Store", chat: "Chat | None") -> None:
    """Register the workflows ``digest`` and ``snapshot``. Without ``chat``, digests have no pictures."""
    from bot.workflows.digest.making import DigestMaker, DigestWorkflow
    from bot.workflows.digest.pictures import Pictures
    from bot.workflows.digest.sensei_digests import SenseiDigestMaker
    from bot.workflows.digest.snapshots import KIND, WeeklySnapshots

    load = triage.ledger_loader(settings)
    makers: dict[str, DigestMaker] = {
        "sensei": SenseiDigestMaker(rows_loader(settings, _growth_finder(settings))),
        "lead": lead_digests(settings),
    }
    pictures = Pictures(chat, store, load, wiring.now)
    engine.workflow("digest", DigestWorkflow(store, makers, wiring.now, pictures.make).run)
    engine.workflow(KIND, WeeklySnapshots(load, wiring.now).run)


def make_kept_days() -> "KeptDays":
    """Return what says which days are kept for digests."""
    from bot.workflows.digest.kept_days import KeptDays

    return KeptDays(wiring.now)


def make_schedule(store: "Store") -> "DigestSchedule":
    """Return what keeps the times of digests right."""
    from bot.workflows.chat.digest_refresh import SENSEI_DIGEST
    from bot.workflows.digest.lead_digests import LEAD_DIGEST
    from bot.workflows.digest.schedule import DigestSchedule

    return DigestSchedule(store, wiring.now, (SENSEI_DIGEST, LEAD_DIGEST))


def make_previews(settings: Settings) -> "DigestPreviews":
    """Return what shows digests to whoever runs Sensei, without anything about growth."""
    from bot.workflows.digest.gathering import DigestGatherer
    from bot.workflows.digest.preview import DigestPreviews

    return DigestPreviews(DigestGatherer(rows_loader(settings)()), wiring.now())
