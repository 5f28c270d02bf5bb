"""When a participant is offered to be asked less often."""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.check_ins.records import CheckIn, CheckInState, Rhythm

UNANSWERED = 3
"""After so many check-ins in a row without an answer, the next one offers to ask every two weeks."""
_COUNT = frozenset({CheckInState.ANSWERED, CheckInState.SKIPPED})


def should_offer_fortnight(rhythm: Rhythm, earlier: Sequence[CheckIn]) -> bool:
    """Return whether a check-in offers to ask every two weeks. It is offered once, to who is asked weekly.

    ``earlier`` are the participant's check-ins, the newest first.
    """
    if rhythm.every_weeks != 1 or any(check_in.offers_fortnight for check_in in earlier):
        return False
    last = [check_in.state for check_in in earlier if check_in.state in _COUNT][:UNANSWERED]
    return last == [CheckInState.SKIPPED] * UNANSWERED


def make_fortnightly(rhythm: Rhythm) -> Rhythm:
    """Return a rhythm on the same day and at the same time, every two weeks."""
    return replace(rhythm, every_weeks=2)
