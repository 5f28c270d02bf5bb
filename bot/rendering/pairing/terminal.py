"""Pairs in a terminal: a table that fits 80 columns, followed by details for leads."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.domain.pairing.shown_pairs import ProposalBoard, ShownPair
from bot.domain.pairing.states import PairState
from bot.rendering.pairing.wording import describe_state, summarise_proposal
from bot.rendering.text.safe_text import one_line

_MOST_OF_A_NAME = 20


def render_pairs(
    newest: ProposalBoard, others: tuple[ProposalBoard, ...], *, reasons: bool
) -> Iterator[RenderableType]:
    """Yield a proposal, the participants without a sensei (and why), and other ongoing pairs."""
    summary = summarise_proposal(len(newest.pairs), newest.waiting, len(newest.unassigned))
    yield Text(
        f"{one_line(newest.cohort)}, proposal {newest.id} of {newest.at:%Y-%m-%d %H:%M} UTC: {summary}\n"
    )
    if newest.pairs:
        yield _make_table(newest.pairs)
    for row in newest.unassigned:
        yield Text(one_line(row.blame))
    for board in others:
        yield Text("\nPairs from earlier proposals:\n")
        yield _make_table(board.pairs)
    if reasons:
        for board in (newest, *others):
            yield from _list_reasons(board.pairs)


def _make_table(pairs: tuple[ShownPair, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    table.add_column("Pair", justify="right")
    for name in ("Participant", "Sensei"):
        table.add_column(name, max_width=_MOST_OF_A_NAME, overflow="ellipsis", no_wrap=True)
    table.add_column("Fit", justify="right", no_wrap=True)
    table.add_column("State")
    for pair in pairs:
        table.add_row(
            str(pair.id),
            Text(one_line(pair.participant)),
            Text(one_line(pair.sensei)),
            f"{pair.fit} %",
            Text(_format_state(pair)),
        )
    return table


def _format_state(pair: ShownPair) -> str:
    state = describe_state(pair.state)
    if pair.locked and pair.state is PairState.PROPOSED:
        state = f"{state}, locked"
    return f"{state}: {one_line(pair.why)}" if pair.why else state


def _list_reasons(pairs: tuple[ShownPair, ...]) -> Iterator[RenderableType]:
    for pair in pairs:
        yield Text(f"\n{pair.id}  {one_line(pair.participant)} with {one_line(pair.sensei)}")
        yield from (Text(f"    {one_line(reason)}") for reason in pair.reasons)
