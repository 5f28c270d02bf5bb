"""The row about decisions that may no longer hold."""

from collections.abc import Collection, Iterator

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.cost_of_delay import add_up_cost
from bot.domain.digest.matters import ParticipantMatters
from bot.domain.digest.rows import DigestRow, RowKind, join_words, say_days


def make_drift_row(of: ParticipantMatters, calendar: SenseiCalendar) -> DigestRow | None:
    """Return the row about a participant's decisions that may no longer hold, or None."""
    if not of.drifted:
        return None
    drifted = sorted(of.drifted, key=lambda decision: (decision.since, decision.number))
    numbers = {decision.number for decision in drifted}
    days = calendar.days_since(drifted[0].since)
    return DigestRow(
        RowKind.DRIFT,
        of.capstone,
        of.name,
        f"{_name_decisions(numbers)} may no longer hold",
        (*_say_reasons(of), _say_noticed(days, several=len(numbers) > 1)),
        add_up_cost(RowKind.DRIFT, days),
        len(numbers),
        None,
        drifted[0].place,
        of.standing_in_for,
    )


def _say_reasons(of: ParticipantMatters) -> Iterator[str]:
    """Yield why the decisions may no longer hold, naming them."""
    asked = {decision.number for decision in of.drifted if decision.asked}
    gone = {decision.number for decision in of.drifted if not decision.asked}
    if len(asked) == 1:
        yield f"A change contradicts {_name_decisions(asked)}, and my question about it has no answer yet."
    elif asked:
        yield f"Changes contradict {_name_decisions(asked)}, and my questions about them have no answers yet."
    if gone:
        verb = "are" if len(gone) > 1 else "is"
        yield f"The code that {_name_decisions(gone)} {verb} about is no longer on the default branch."


def _name_decisions(numbers: Collection[int]) -> str:
    listed = join_words([str(number) for number in sorted(numbers)])
    return f"decisions {listed}" if len(numbers) > 1 else f"decision {listed}"


def _say_noticed(days: int, *, several: bool) -> str:
    what = "the first of these" if several else "this"
    return f"I noticed {what} {f'{say_days(days)} ago' if days else 'today'}."
