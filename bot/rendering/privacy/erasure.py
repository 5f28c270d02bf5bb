"""The text about an erasure: what is removed, what remains at the code host, and the search afterwards."""

from collections.abc import Mapping

from bot.domain.privacy.personal_traces import PersonalTraces
from bot.ports.personal_data import DirectMessages, PublishedItems, TraceSearchResult
from bot.rendering.text.safe_text import count, one_line

_KINDS = {
    "reviews": "review",
    "comments": "question",
    "checks": "check run",
    "replies": "answer",
    "records": "decision",
}


def list_erased(counts: Mapping[str, int], *, planned: bool) -> str:
    """List what was erased, or is ``planned`` to be erased, by kind."""
    head = (
        "Rows, workflows and clones that would be deleted or blanked:" if planned else "Deleted or blanked:"
    )
    return (
        _format_table(head, counts)
        if counts
        else "Sensei stores nothing about this person except their name."
    )


def list_published(shown: PublishedItems, address: str) -> str:
    """List what was published on GitHub, which an erasure cannot remove; empty if nothing was."""
    found = [
        f"  {title}: {address}/{one_line(path)}"
        for kind, title in _KINDS.items()
        for path in getattr(shown, kind)
    ]
    if not found:
        return ""
    head = (
        "Published on GitHub. These items, and everything that the person wrote there, stay until someone "
        "deletes them:"
    )
    return "\n".join([head, *found])


def describe_messages(
    messages: DirectMessages | None, *, in_chat: bool, planned: bool, wanted: bool = False
) -> str:
    """Say what stays in Slack, and what is deleted there.

    ``wanted`` says whether the messages should be deleted. Empty if they shouldn't, and no Slack account is
    known.
    """
    if messages is None and not in_chat:
        unknown = (
            "Sensei doesn't know this person's Slack account, so it can't look for its messages to them."
        )
        remedy = "If they have an account, run the command again with its id instead of a name."
        return f"{unknown} {remedy}" if wanted else ""
    if messages is None:
        offer = " To delete them too, add --slack-messages." if planned else ""
        return f"Sensei's messages to this person stay in Slack.{offer}"
    number = count(messages.deleted, "direct message")
    verb = "would be" if planned else "was" if messages.deleted == 1 else "were"
    lines = [
        (
            f"{number} from Sensei to this person {verb} deleted in Slack. Messages to several people at "
            "once stay."
        )
    ]
    if messages.refused:
        lines.append(
            f"Slack didn't allow Sensei to delete {count(messages.refused, 'other message')}. Ask an "
            "administrator of the workspace to delete them."
        )
    return "\n".join(lines)


def describe_search(found: TraceSearchResult, traces: PersonalTraces, *, is_known: bool = True) -> str:
    """Describe what was searched for, and where, and which traces are left.

    Without ``is_known``, Sensei has no data about the person, so it has searched only for what was entered.
    """
    names = len(traces.names) + len(traces.called) + (traces.person is not None)
    entered = "name" if names else "number"
    wanted = (
        f"{count(names, 'name')}, {count(len(traces.numbers), 'number')}, {count(len(traces.words), 'text')}"
        if is_known
        else f"this {entered} alone"
    )
    lines = [f"Searched {count(found.columns, 'column')} for {wanted}. Traces left, by table and file:"]
    width = max(map(len, found.looked), default=0)
    for name, size in sorted(found.looked.items()):
        hits = sum(
            number for place, number in found.left.items() if place == name or place.startswith(f"{name}.")
        )
        lines.append(f"  {name:<{width}}  {hits} ({size})")
    if traces.shared:
        lines.append(
            f"Sensei didn't search for {count(traces.shared, 'text')}, because other people's rows contain "
            "the same words."
        )
    if not is_known:
        lines.append(
            "Sensei knows no other names, numbers or texts of this person, so it didn't search for any. To "
            "search for another name or number, run the command again with it."
        )
    if not found.left:
        return "\n".join([*lines, "No traces left." if is_known else f"No traces of this {entered} left."])
    return "\n".join([*lines, _format_table("Traces left, by column:", found.left)])


def _format_table(head: str, counts: Mapping[str, int]) -> str:
    width = max(map(len, counts), default=0)
    return "\n".join([head, *(f"  {name:<{width}}  {number:,}" for name, number in sorted(counts.items()))])
