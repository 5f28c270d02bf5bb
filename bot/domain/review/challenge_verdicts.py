"""The second reader's verdicts, and what remains of items that have one cause or exclude each other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

ItemKind = Literal["concern", "question"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The second reader's verdict on an item. ``text`` is the new wording for ``reword``, else empty.

    ``covered_by`` is the number (from 1) of an item that has the same cause, says the same or excludes this
    one. ``merge`` means that the other item goes out instead of this one.
    """

    verdict: Literal["keep", "drop", "reword", "merge"]
    because: str
    text: str = ""
    covered_by: int | None = None

    @property
    def stays(self) -> bool:
        """Whether the item goes out."""
        return self.verdict in {"keep", "reword"}


def agree_on_verdict(verdicts: Sequence[Verdict], dropped: Counter[str]) -> Verdict:
    """Return the verdict on one item. Without a verdict, or with several that differ, it is dropped."""
    if not verdicts:
        dropped["item: no verdict"] += 1
        return Verdict("drop", "no verdict")
    if len({(verdict.verdict, verdict.text, verdict.covered_by) for verdict in verdicts}) > 1:
        dropped["item: contradictory verdicts"] += 1
        return Verdict("drop", "contradictory verdicts")
    return verdicts[0]


def merge_covered(
    verdicts: Sequence[Verdict], kinds: Sequence[ItemKind], best: int | None
) -> tuple[Verdict, ...]:
    """Let at most one item go out of each group that ``covered_by`` connects. The others get ``merge``.

    A fact goes out rather than a question, then the item that the others name rather than those that name
    another one, then ``best``, then the first one. If none of a group stays, nothing changes.
    """
    merged = list(verdicts)
    for group in _group_covered(verdicts):
        staying = [number for number in group if verdicts[number - 1].stays]
        if not staying:
            continue
        first = min(staying, key=lambda number: _rank(number, verdicts[number - 1], kinds, best))
        for number in group - {first}:
            verdict = verdicts[number - 1]
            if verdict.stays or verdict.covered_by is not None:
                merged[number - 1] = replace(verdict, verdict="merge", text="", covered_by=first)
    return tuple(merged)


def _rank(
    number: int, verdict: Verdict, kinds: Sequence[ItemKind], best: int | None
) -> tuple[bool, bool, bool, int]:
    return kinds[number - 1] != "concern", verdict.covered_by is not None, number != best, number


def _group_covered(verdicts: Sequence[Verdict]) -> list[set[int]]:
    """Return the numbers of all items, in groups that ``covered_by`` connects directly or through others."""
    groups: list[set[int]] = []
    for number, verdict in enumerate(verdicts, 1):
        linked = {number, verdict.covered_by or number}
        touching = [group for group in groups if group & linked]
        groups = [group for group in groups if not group & linked]
        groups.append(linked.union(*touching))
    return groups
