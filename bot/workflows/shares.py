"""How much of the engine one repository's work may use, so that it does not delay other repositories.

Readings of one repository use one clone and wait for each other there, each in a slot of the engine's. What
does not get a share stays a row, in which it costs nothing.
"""

import re
from collections import Counter
from collections.abc import Sequence

KINDS = ("review", "baseline", "reconcile")
"""The workflows of which a repository's people can ask for as many as they like."""
READINGS = 3
"""Reviews and baselines of one repository that go on at a time: one reads, others may wait for GitHub."""
_SHARES = {"review": READINGS, "baseline": 1, "reconcile": 1}
_ID = re.compile(r"(review|baseline|reconcile):(\d+)(?=[#:])")


class Shares:
    """What has begun, or waits for its turn in the engine, by repository."""

    def __init__(self, going_on: Sequence[str]) -> None:
        """``going_on`` are the ids of workflows that have not ended."""
        self._known = frozenset(going_on)
        self._taken: Counter[tuple[str, str]] = Counter()
        for identity in self._known:
            if found := _ID.match(identity):
                self._taken[found[1], found[2]] += 1

    def take(self, identity: str) -> bool:
        """Give a workflow that is about to begin its place; False if its repository has all it may have.

        The engine may know it already: its process died before the job was marked as begun.
        """
        found = _ID.match(identity)
        if found is None or identity in self._known:
            return True
        kind, repository = found[1], found[2]
        readings = self._taken["review", repository] + self._taken["baseline", repository]
        if self._taken[kind, repository] >= _SHARES[kind] or (kind != "reconcile" and readings >= READINGS):
            return False
        self._taken[kind, repository] += 1
        return True
