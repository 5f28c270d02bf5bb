"""Draws a digest's picture and uploads it. A digest never waits long for it, nor fails because of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.digest.ruled_levels import has_levels
from bot.ports.chat import Chat
from bot.ports.engine import ATTEMPT_SEPARATOR, Json, Steps
from bot.ports.store import Store, Tx
from bot.ports.triage import StoredDigest
from bot.rendering.digest.level_picture import draw_levels
from bot.rendering.digest.picture import draw_progress
from bot.rendering.digest.picture_words import describe_levels, describe_progress
from bot.workflows.digest.picture_content import (
    LEAD,
    find_day,
    find_week,
    gather_levels,
    gather_progress,
    list_own,
)
from bot.workflows.digest.snapshots import take_missing
from bot.workflows.jobs.retry import attempt
from bot.workflows.triage.capstone_ledgers import LedgerLoader

log = structlog.get_logger(__name__)

_MOST_TRIES, _FIRST_PAUSE = 5, 5.0
"""Tries take about a minute and a half, unless Slack asks for longer pauses."""
_LONGEST_PAUSE = 120.0


@dataclass(frozen=True)
class Pictures:
    """Makes pictures for digests; none without ``chat``. ``load`` returns the loader of ledgers."""

    chat: Chat | None
    store: Store
    load: Callable[[], LedgerLoader]
    now: Callable[[], datetime]

    def make(self, steps: Steps, digest: int) -> str | None:
        """Draw and upload a digest's picture, and return its id.

        Return None if there is nothing to show, or if Slack doesn't take the picture.
        """
        if self.chat is None:
            return None
        steps.tx("snapshots", lambda tx: self._take_missing(tx, digest))
        picture: str | None = self._try_to_upload(steps, digest).get("picture")
        return picture

    def _take_missing(self, tx: Tx, digest: int) -> int:
        """Take the week's snapshots that its own workflow has not taken, such as after an outage."""
        stored = tx.digests.find(digest)
        if stored is None or stored.role == LEAD:
            return 0
        capstones = [responsibility.capstone for responsibility in list_own(tx, stored)]
        return take_missing(tx, self.load(), capstones, find_week(stored))

    def _try_to_upload(self, steps: Steps, digest: int) -> Json:
        result: Json = {}
        for number in range(_MOST_TRIES):
            name = f"picture{ATTEMPT_SEPARATOR}{number}" if number else "picture"
            result = attempt(steps, name, lambda: self._upload(digest))
            if result["outcome"] != "later":
                break
            pause = result["pause"] or _FIRST_PAUSE * 2**number
            steps.sleep(f"picture{ATTEMPT_SEPARATOR}pause", min(pause, _LONGEST_PAUSE))
        return result

    def _upload(self, digest: int) -> Json:
        """Upload the picture, unless that was done before.

        If the process dies between the upload and its record, it is uploaded again. Nobody sees the first.
        """
        with self.store.read() as tx:
            stored = tx.digests.find(digest)
            if stored is None or self.chat is None:
                return {"picture": None}
            key = f"picture:{digest}:{stored.person}"  # an erasure finds it by the person
            _, known = tx.effects.find(key)
            drawn = None if known else self._draw(tx, stored)
        if drawn is None:
            return {"picture": known}
        with self.store.begin() as tx:
            tx.effects.begin(key, self.now())
        content, words = drawn
        picture = self.chat.upload_picture(f"{stored.role}-digest-{stored.week}.png", content, words)
        with self.store.begin() as tx:
            tx.effects.finish(key, picture, self.now())
        return {"picture": picture}

    def _draw(self, tx: Tx, digest: StoredDigest) -> tuple[bytes, str] | None:
        try:
            rubric = self.load().library.rubric
            if digest.role == LEAD:
                spreads, day = gather_levels(tx, rubric, digest.cohort), find_day(tx, digest)
                return (
                    (draw_levels(spreads, day), describe_levels(spreads, day))
                    if has_levels(spreads)
                    else None
                )
            grid = gather_progress(tx, rubric, digest)
            return (draw_progress(grid), describe_progress(grid)) if grid else None
        except Exception:  # a picture must not keep anyone from their digest
            log.exception("picture.failed", digest=digest.id)
            return None
