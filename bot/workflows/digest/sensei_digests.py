"""Senseis' digests: choosing their rows, and writing their message from current rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import ShownDigest, show_digest
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.ports.triage import StoredDigest
from bot.rendering.digest.slack_sensei import DigestPicture, sensei_digest
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.digest_refresh import FRESH, SENSEI_DIGEST
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.digest.capstone_matters import CapstoneRowsLoader
from bot.workflows.digest.gathering import DigestGatherer

LoadRows = Callable[[], CapstoneRowsLoader]
"""Returns what reads rows. The rubric is loaded on the first call."""
DescribePicture = Callable[[Tx, StoredDigest], str]
"""Says in words what a digest's picture shows, for those who can't see it."""
_PICTURE = "A picture of how the checks of your participants stand, week by week."


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
    describe: DescribePicture | None = None

    def write(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Write a digest as it is now, or nothing if it is older than a week."""
        digest = tx.digests.find(about["digest"])
        if digest is None or self.now() - digest.at >= FRESH:
            return None
        shown = self.show(tx, digest)
        return AddressedMessage(
            (digest.person,), sensei_digest(digest.id, shown, self.web, self._find_picture(tx, digest))
        )

    def show(self, tx: Tx, digest: StoredDigest) -> ShownDigest:
        """Return a digest's rows as they are now."""
        gatherer = DigestGatherer(self.load_rows())
        return show_digest(gatherer.gather(tx, digest.cohort, digest.person, self.now()), digest.rows)

    def _find_picture(self, tx: Tx, digest: StoredDigest) -> DigestPicture | None:
        if digest.picture is None:
            return None
        return DigestPicture(digest.picture, self.describe(tx, digest) if self.describe else _PICTURE)
