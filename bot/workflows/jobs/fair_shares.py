"""How much of the engine one repository, or one person, may use, so that others do not wait for them.

Readings of one repository use one clone and wait for each other there, each in a slot of the engine's. What
is said in it may wait for GitHub for hours, and what is said to one person waits for Slack, which takes one
message a second for each. What does not get a share stays a row, in which it costs nothing.
"""

import re
from collections import Counter
from collections.abc import Sequence

READINGS = 3
"""Reviews and baselines of one repository that go on at a time: one reads, others may wait for GitHub."""
HOMES = 4
"""App Homes of all people that are published at a time: the other turns of the chat are for messages."""
_SHARES = {
    "review": READINGS,
    "baseline": 1,
    "reconcile": 1,
    "answer": 2,
    "ruling": 2,
    "questions": 2,
    "conclude": 2,
    "home": 1,
    "message": 2,
    "rewrite": 1,
}
KINDS = tuple(_SHARES)
"""The workflows that people can cause as many of as they like."""
_OF_A_REPOSITORY = re.compile(
    r"(review|baseline|reconcile|answer|ruling|questions|conclude(?=:review)):(?:review:)?(\d+)(?=[#:])"
)
_OF_A_PERSON = re.compile(r"(home|message|rewrite):(.+)")
# Whom a message is for, or the number of whom or what it is about, in the order in which they are looked for.
_WHOSE = (
    re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"),  # our own id of a person
    re.compile(r"(?<![^:])[UW][A-Z0-9]+(?![^:~])"),  # a user's id in Slack
    re.compile(r"(?<![^:])\d+(?![^:~])"),
)


class FairShares:
    """What has begun, or waits for its turn in the engine, by repository or person."""

    def __init__(self, going_on: Sequence[str]) -> None:
        """``going_on`` are the ids of workflows that have not ended."""
        self._known = frozenset(going_on)
        self._taken: Counter[tuple[str, str]] = Counter()
        self._all: Counter[str] = Counter()
        for identity in self._known:
            self._count(_share(identity))

    def take(self, identity: str) -> bool:
        """Give a workflow that is about to begin its place; False if whose it is have all they may have.

        The engine may know it already: its process died before the job was marked as begun.
        """
        share = _share(identity)
        if share is None or identity in self._known:
            return True
        if not self._is_free(*share):
            return False
        self._count(share)
        return True

    def _is_free(self, kind: str, whose: str) -> bool:
        if self._taken[kind, whose] >= _SHARES[kind]:
            return False
        if kind in {"review", "baseline"}:
            return self._taken["review", whose] + self._taken["baseline", whose] < READINGS
        return kind != "home" or self._all[kind] < HOMES

    def _count(self, share: tuple[str, str] | None) -> None:
        if share is not None:
            self._taken[share] += 1
            self._all[share[0]] += 1


def _share(identity: str) -> tuple[str, str] | None:
    """Return the kind of a workflow and whose share it uses, None if it has no limit."""
    if found := _OF_A_REPOSITORY.match(identity):
        return found[1], found[2]
    if found := _OF_A_PERSON.match(identity):
        named = (each.search(found[2]) for each in _WHOSE)
        return next(((found[1], name[0]) for name in named if name), None)
    return None
