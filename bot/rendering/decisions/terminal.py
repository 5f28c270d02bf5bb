"""What the person who runs Sensei may see of decision records: numbers, states, dates and files, no words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionRevision, DecisionState, RevisedBy
from bot.rendering.text.safe_text import one_line

_ORIGINS = {
    DecisionOrigin.THREAD: "a question's thread",
    DecisionOrigin.CHAT: "Slack",
    DecisionOrigin.FILE: "a file",
}
_AUTHORS = {
    RevisedBy.SENSEI: "by Sensei, from the participant's words",
    RevisedBy.PARTICIPANT: "by the participant",
    RevisedBy.FILE: "from the file in the repository",
}


def format_list(capstones: Mapping[str, Sequence[Decision]]) -> Iterator[str]:
    """Yield the lines of the list: each capstone by name, with its decisions by number."""
    listed = {name: decisions for name, decisions in capstones.items() if decisions}
    if not listed:
        yield "No decisions are recorded yet."
    for name, decisions in listed.items():
        yield one_line(name)
        for decision in decisions:
            notes = ["private"] if decision.private else _list_files(decision)
            line = (
                f"  {decision.number:>4}  {decision.state:<10}  {_format_date(decision)}  {'  '.join(notes)}"
            )
            yield line.rstrip()


def format_decision(
    name: str, decision: Decision, history: Sequence[DecisionRevision], replaced: int | None
) -> Iterator[str]:
    """Yield the lines about one decision. ``replaced`` is the number of the decision that it replaced."""
    yield f"Decision {decision.number} of {one_line(name)}"
    yield f"  state:     {decision.state}{', private' if decision.private else ''}"
    yield f"  from:      {_ORIGINS[decision.origin]}"
    yield f"  drafted:   {_format_day(decision.created_at)}"
    if decision.confirmed_at:
        yield f"  confirmed: {_format_day(decision.confirmed_at)}"
    if replaced is not None:
        yield f"  replaces:  decision {replaced}"
    if not decision.private:
        yield from (f"  export:    {file}" for file in _list_files(decision))
    for revision in history:
        yield f"  revision {revision.number}: {_format_day(revision.at)}, {_AUTHORS[revision.by]}"


def _list_files(decision: Decision) -> list[str]:
    """Return a public decision's file and pull request, as far as it has them."""
    file = [one_line(decision.path)] if decision.path else []
    return file + ([f"pull request #{decision.export}"] if decision.export else [])


def _format_date(decision: Decision) -> str:
    is_counted = decision.state in {DecisionState.CONFIRMED, DecisionState.SUPERSEDED}
    moment = decision.confirmed_at if is_counted and decision.confirmed_at else decision.created_at
    return _format_day(moment)


def _format_day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
