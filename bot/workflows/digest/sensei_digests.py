"""Senseis' digests: choosing their rows, and writing their message from current rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import ShownDigest, show_digest
from bot.ports.chat import Block
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.ports.triage import StoredDigest
from bot.rendering.digest.slack_sensei import sensei_digest
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.digest_refresh import SENSEI_DIGEST
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.digest.capstone_matters import CapstoneRowsLoader
from bot.workflows.digest.gathering import DigestGatherer
from bot.workflows.digest.schedule import is_over

LoadRows = Callable[[], CapstoneRowsLoader]
"""Returns what reads rows. The rubric is loaded on the first call."""
ShowPicture = Callable[[Tx, StoredDigest], tuple[Block, ...]]
"""Returns the blocks with a digest's picture, or none if it has no picture."""


@dataclass(frozen=True)
class SenseiDigestMaker:
    """Chooses the rows of senseis' digests."""

    load_rows: LoadRows
    kind: str = SENSEI_DIGEST

    def choose_rows(self, tx: Tx, cohort: int, person: str, at: datetime) -> list[str] | None:
        """Return the keys of the rows, or None if the person guides nobody now."""
        material = DigestGatherer(self.load_rows()).gather(tx, cohort, person, at)
        if not material.participants:
            return None
        return [row.key for row in make_digest(material).rows]


@dataclass(frozen=True)
class SenseiDigestMessages:
    """Writes senseis' digests. ``web`` is the code host's web address."""

    web: str
    load_rows: LoadRows
    now: Clock
    show_picture: ShowPicture | None = None

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Write a digest as it is now, or nothing if it is a week old or was not sent in time."""
        digest = tx.digests.find(about["digest"])
        if digest is None or is_over(tx, digest, SENSEI_DIGEST, self.now()):
            return None
        shown = self.show(tx, digest)
        picture = self.show_picture(tx, digest) if self.show_picture else ()
        return AddressedMessage((digest.person,), sensei_digest(digest.id, shown, self.web, picture))

    def show(self, tx: Tx, digest: StoredDigest) -> ShownDigest:
        """Return a digest's rows as they are now."""
        gatherer = DigestGatherer(self.load_rows())
        material = gatherer.gather(tx, digest.cohort, digest.person, self.now(), week=digest.week)
        return show_digest(material, digest.rows)
