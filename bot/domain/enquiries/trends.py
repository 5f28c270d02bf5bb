"""What a cohort asks Sensei and whether the answers helped, in figures that name nobody."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.enquiries.records import Feedback, FeedbackReason

PERIOD = timedelta(weeks=4)
"""The figures are those of this long before."""
FEWEST = 5
"""A smaller figure could name somebody, so it isn't shown."""


@dataclass(frozen=True, slots=True)
class Trends:
    """Figures about a cohort. Each is None if it is too small to be shown.

    ``reasons`` is by reason why an answer didn't help, the most frequent first. It is empty if what it leaves
    out could be worked out from the others.
    """

    asked: int | None = None
    helpful: int | None = None
    not_helpful: int | None = None
    reasons: Mapping[FeedbackReason, int] = field(default_factory=dict)


def find_trends(asked: int, said: Mapping[tuple[Feedback, FeedbackReason | None], int]) -> Trends:
    """Return the figures that may be shown. ``said`` counts what askers said about answers."""
    feedback, reasons = Counter[Feedback](), Counter[FeedbackReason]()
    for (what, reason), count in said.items():
        feedback[what] += count
        if what is Feedback.NOT_HELPFUL and reason is not None:
            reasons[reason] += count
    not_helpful = _show(feedback[Feedback.NOT_HELPFUL])
    return Trends(
        _show(asked),
        _show(feedback[Feedback.HELPFUL]),
        not_helpful,
        _show_reasons(reasons, not_helpful) if not_helpful is not None else {},
    )


def _show(count: int) -> int | None:
    return count if count >= FEWEST else None


def _show_reasons(reasons: Counter[FeedbackReason], total: int) -> Mapping[FeedbackReason, int]:
    shown = {reason: count for reason, count in reasons.most_common() if count >= FEWEST}
    left = total - sum(shown.values())
    return shown if left == 0 or left >= FEWEST else {}
