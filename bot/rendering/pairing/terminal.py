"""Pairs for a terminal: a table that fits 80 columns, and what leads may read beside it."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from bot.domain.pairing.states import PairState
from bot.rendering.pairing.slack import ProposalBoard, ShownPair
from bot.rendering.pairing.wording import proposal_in_short, where
from bot.rendering.text.safe_text import one_line

_NAME = 20


def listed(
    newest: ProposalBoard, others: tuple[ProposalBoard, ...], *, reasons: bool
) -> Iterator[RenderableType]:
    """Yield a proposal, who is left without a sensei and why, and the other pairs that go on."""
    short = proposal_in_short(len(newest.pairs), newest.waiting, len(newest.unassigned))
    yield Text(
        f"{one_line(newest.cohort)}, proposal {newest.id} of {newest.at:%Y-%m-%d %H:%M} UTC: {short}\n"
    )
    if newest.pairs:
        yield _table(newest.pairs)
    for one in newest.unassigned:
        yield Text(one_line(one.blame))
    for rest in others:
        yield Text("\nBesides, from earlier proposals:\n")
        yield _table(rest.pairs)
    if reasons:
        for each in (newest, *others):
            yield from _reasons(each.pairs)


def _table(pairs: tuple[ShownPair, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    table.add_column("Pair", justify="right")
    for name in ("Participant", "Sensei"):
        table.add_column(name, max_width=_NAME, overflow="ellipsis", no_wrap=True)
    table.add_column("Fit", justify="right", no_wrap=True)
    table.add_column("Where it is")
    for it in pairs:
        table.add_row(
            str(it.id),
            Text(one_line(it.participant)),
            Text(one_line(it.sensei)),
            f"{it.fit} %",
            Text(_where(it)),
        )
    return table


def _where(it: ShownPair) -> str:
    said = where(it.state)
    if it.locked and it.state is PairState.PROPOSED:
        said = f"{said}, locked"
    return f"{said}: {one_line(it.why)}" if it.why else said


def _reasons(pairs: tuple[ShownPair, ...]) -> Iterator[RenderableType]:
    for it in pairs:
        yield Text(f"\n{it.id}  {one_line(it.participant)} with {one_line(it.sensei)}")
        yield from (Text(f"    {one_line(reason)}") for reason in it.reasons)
