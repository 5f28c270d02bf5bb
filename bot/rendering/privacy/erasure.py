"""What is said of an erasure: what would go or went, what stays at the code host, and the proof."""

from collections.abc import Mapping

from bot.domain.privacy.personal_traces import PersonalTraces
from bot.ports.personal_data import PublishedItems, TraceSearchResult
from bot.rendering.text.safe_text import count, one_line

_KINDS = {
    "reviews": "review",
    "comments": "question",
    "checks": "check run",
    "replies": "answer",
}


def what_went(counts: Mapping[str, int], *, yet: bool) -> str:
    """List what would go, or went, by kind."""
    head = "Rows, workflows and clones that would go or be blanked:" if yet else "Gone or blanked:"
    return _table(head, counts) if counts else "There is nothing of theirs but their name."


def what_stays(shown: PublishedItems, address: str) -> str:
    """List what was published, which nobody but GitHub can take back; empty where nothing was."""
    found = [
        f"  {title}: {address}/{one_line(path)}"
        for kind, title in _KINDS.items()
        for path in getattr(shown, kind)
    ]
    if not found:
        return ""
    return "\n".join(["Published on GitHub, which stays until somebody deletes it there:", *found])


def proof(found: TraceSearchResult, traces: PersonalTraces) -> str:
    """Say what was searched for where, and what is left; of that the places alone."""
    names = len(traces.names) + len(traces.called) + (traces.person is not None)
    wanted = (
        f"{count(names, 'name')}, {count(len(traces.numbers), 'number')}, {count(len(traces.words), 'text')}"
    )
    lines = [f"Searched for {wanted} in {count(found.columns, 'column')}; left, by table and file:"]
    width = max(map(len, found.looked), default=0)
    for name, size in sorted(found.looked.items()):
        hits = sum(n for place, n in found.left.items() if place == name or place.startswith(f"{name}."))
        lines.append(f"  {name:<{width}}  {hits} ({size})")
    if traces.shared:
        lines.append(f"Not searched for, as others' rows hold the same: {count(traces.shared, 'text')}.")
    if not found.left:
        return "\n".join([*lines, "Left: 0 everywhere."])
    return "\n".join([*lines, _table("Left, by column:", found.left)])


def _table(head: str, counts: Mapping[str, int]) -> str:
    width = max(map(len, counts), default=0)
    return "\n".join([head, *(f"  {name:<{width}}  {number:,}" for name, number in sorted(counts.items()))])
