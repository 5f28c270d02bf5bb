"""The row about appeals that a lead has given to this sensei to decide."""

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.row_kinds.milestone_words import say_needed
from bot.domain.digest.rows import (
    DigestRow,
    RowKind,
    RowTarget,
    join_words,
    mark_gate,
    say_count,
    say_waiting,
)


def make_appeal_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's appeals, or None. The oldest is opened."""
    if not of.appeals:
        return None
    oldest = min(of.appeals, key=lambda appeal: (appeal.since, appeal.criterion))
    days = calendar.days_since(oldest.since)
    titles = join_words([mark_gate(appeal.title, gate=appeal.gate) for appeal in of.appeals])
    why = (
        f"A lead has named you as the second sensei. The participant has been waiting {say_waiting(days)}.",
    )
    return DigestRow(
        RowKind.APPEAL,
        of.capstone,
        of.name,
        f"{say_count(RowKind.APPEAL, len(of.appeals))}: {titles}",
        (*why, *say_needed(calendar)),
        add_up_cost(
            RowKind.APPEAL,
            days,
            gate=any(appeal.gate for appeal in of.appeals),
            milestone=calendar.milestone is not None,
        ),
        len(of.appeals),
        RowTarget(of.capstone, oldest.criterion),
        standing_in_for=of.standing_in_for,
    )
