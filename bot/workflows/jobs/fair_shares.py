"""Limits on the engine's slots that one repository or person may use, so that others needn't wait.

Readings of one repository share one clone and wait for each other, each using a slot of the engine. Comments
in a repository may wait hours for GitHub. Messages to a person wait for Slack, which accepts one a second for
each person. A workflow without a free share remains a row in the database, where waiting costs nothing.
"""

import re
from collections import Counter
from collections.abc import Sequence

MOST_READINGS = 3
"""Maximum concurrent reviews and baselines per repository: one reads, others may wait for GitHub."""
MOST_BASELINES = 4
"""Maximum baselines at a time, for all repositories: those of a whole cohort are due before a milestone."""
MOST_HOMES = 4
"""Maximum App Homes published at a time, for all people. They have slots of their own in the engine."""
MOST_REDRAWS = 2
"""Of these, the maximum for changes that others made: people who open their Home mustn't wait for them."""
MOST_WELCOMES = 2
"""Maximum messages to imported people sent at a time: answers to people mustn't wait for hundreds of them."""
WELCOMES = "message:welcome:"
_SHARES = {
    "review": MOST_READINGS,
    "baseline": 1,
    "reconcile": 1,
    "answer": 2,
    "ruling": 2,
    "questions": 2,
    "export": 1,
    "report": 1,
    "conclude": 2,
    "fetch": 1,
    "hear": 2,
    "say": 2,
    "decided": 2,
    "read": 1,
    "home": 1,
    "pane": 1,
    "message": 2,
    "welcome": 1,
    "rewrite": 1,
}
LIMITED_WORKFLOWS = (*_SHARES, "read_by_sensei")
"""The workflows that people can start without limit."""
_REPOSITORY_WORKFLOW = re.compile(
    r"(review|baseline|reconcile|answer|ruling|questions|export|report|fetch|hear|say|decided|read"
    r"|conclude(?=:review))"
    r":(?:review:)?(\d+)(?=[#:])"
)
_PERSON_WORKFLOW = re.compile(r"(home|message|pane|rewrite):(.+)")
# The recipient of a message, or the number that it is about. The first matching pattern counts.
_OWNER_PATTERNS = (
    (_PERSON := re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")),  # our own id of a person
    re.compile(r"(?<![^:])[UW][A-Z0-9]+(?![^:~])"),  # a user's id in Slack
    re.compile(r"(?<![^:])\d+(?![^:~])"),
)


class FairShares:
    """Counts the workflows in the engine, by kind and by repository or person."""

    def __init__(self, going_on: Sequence[str]) -> None:
        """``going_on`` are the ids of workflows that have not ended."""
        self._known = frozenset(going_on)
        self._taken: Counter[tuple[str, str]] = Counter()
        self._running: Counter[str] = Counter()
        for identity in self._known:
            self._count(_find_share(identity))

    def take(self, identity: str) -> bool:
        """Reserve a share for a workflow that is about to start; return False if none is free.

        The engine may know the workflow already, if the process died before its job was marked as started.
        """
        share = _find_share(identity)
        if share is None or identity in self._known:
            return True
        if not self._is_free(*share):
            return False
        self._count(share)
        return True

    def _is_free(self, kind: str, owner: str) -> bool:
        if self._taken[kind, owner] >= _SHARES[kind]:
            return False
        if kind in {"review", "baseline"}:
            readings = self._taken["review", owner] + self._taken["baseline", owner]
            if readings >= MOST_READINGS:
                return False
        return all(self._running[lane] < most for lane, most in _list_lanes(kind, owner))

    def _count(self, share: tuple[str, str] | None) -> None:
        if share is None:
            return
        self._taken[share] += 1
        self._running.update(lane for lane, _ in _list_lanes(*share))


def is_in_bulk(job: str) -> bool:
    """Return whether a job, or its workflow, is one of the many messages that an import sends at once."""
    return job.startswith(WELCOMES)


def _list_lanes(kind: str, owner: str) -> list[tuple[str, int]]:
    """List what limits a kind of workflow for everyone together, with the maximum for each."""
    if kind == "baseline":
        return [(kind, MOST_BASELINES)]
    if kind == "welcome":
        return [(kind, MOST_WELCOMES)]
    if kind != "home":
        return []
    return [(kind, MOST_HOMES), *([("redraw", MOST_REDRAWS)] if _is_redraw(owner) else [])]


def _is_redraw(owner: str) -> bool:
    """Return whether a Home is updated because of a change; one that was opened names its account."""
    return _PERSON.fullmatch(owner) is not None


def _find_share(identity: str) -> tuple[str, str] | None:
    """Return a workflow's kind, and the repository or person whose share it uses; None if unlimited."""
    if found := _REPOSITORY_WORKFLOW.match(identity):
        return found[1], found[2]
    if found := _PERSON_WORKFLOW.match(identity):
        owners = (pattern.search(found[2]) for pattern in _OWNER_PATTERNS)
        kind = "welcome" if is_in_bulk(identity) else found[1]
        return next(((kind, owner[0]) for owner in owners if owner), None)
    return None
