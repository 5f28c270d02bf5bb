"""Rows about matters that wait, which differ only in their words."""

from collections.abc import Sequence

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import Matter, ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind, RowTarget, join_words, say_count, say_waiting


def make_matter_row(
    kind: RowKind,
    matters: Sequence[Matter],
    of: ParticipantMatters,
    calendar: SenseiCalendar,
    reason: str,
) -> DigestRow | None:
    """Return the row about the matters of one kind, or None if there are none.

    ``reason`` is a sentence without its full stop, which ends with how long the oldest has waited.
    """
    if not matters:
        return None
    oldest = min(matters, key=lambda matter: matter.since)
    days, gates = calendar.days_since(oldest.since), [matter for matter in matters if matter.gate]
    return DigestRow(
        kind,
        of.capstone,
        of.name,
        say_count(kind, len(matters)),
        (f"{reason} {say_waiting(days)}.", *say_gates(gates, len(matters))),
        add_up_cost(kind, days, gate=bool(gates)),
        len(matters),
        RowTarget(of.capstone),
        oldest.place,
        of.standing_in_for,
        tuple(matter.question for matter in matters if matter.question) if kind is RowKind.HANDOVER else (),
    )


def say_gates(gates: Sequence[Matter], of: int) -> tuple[str, ...]:
    """Return the sentence that some of ``of`` matters are about gate criteria, or nothing."""
    if not gates:
        return ()
    titles = join_words(list(dict.fromkeys(matter.criterion for matter in gates if matter.criterion)))
    named = f": {titles}" if titles else ""
    if of == 1:
        return (f"The question is about a gate criterion{named}.",)
    if len(gates) == 1:
        return (f"One of the questions is about a gate criterion{named}.",)
    return (f"{len(gates)} of the questions are about gate criteria{named}.",)
