"""What a cohort asks Sensei and whether the answers helped, in figures that name nobody."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.enquiries.records import Feedback, FeedbackReason

PERIOD = timedelta(weeks=4)
"""The figures are those of this long before."""
FEWEST = 5
"""A figure from fewer people could name somebody, so it isn't shown."""


@dataclass(frozen=True, slots=True)
class Trends:
    """Figures about a cohort. Each is None if too few people are in it.

    ``reasons`` is by reason why an answer didn't help, the most frequent first. It is empty if what it leaves
    out could be worked out from the others.
    """

    asked: int | None = None
    helpful: int | None = None
    not_helpful: int | None = None
    reasons: Mapping[FeedbackReason, int] = field(default_factory=dict)


def find_trends(
    asked: Mapping[int, int], said: Mapping[tuple[Feedback, FeedbackReason | None, int], int]
) -> Trends:
    """Return the figures that may be shown.

    ``asked`` counts the questions by enrolment, ``said`` what each enrolment said about answers.
    """
    feedback: dict[Feedback, Counter[int]] = {what: Counter() for what in Feedback}
    reasons: dict[FeedbackReason, Counter[int]] = {reason: Counter() for reason in FeedbackReason}
    for (what, reason, enrolment), count in said.items():
        feedback[what][enrolment] += count
        if what is Feedback.NOT_HELPFUL and reason is not None:
            reasons[reason][enrolment] += count
    not_helpful = _show(feedback[Feedback.NOT_HELPFUL])
    return Trends(
        _show(asked),
        _show(feedback[Feedback.HELPFUL]),
        not_helpful,
        _show_reasons(reasons, feedback[Feedback.NOT_HELPFUL]) if not_helpful is not None else {},
    )


def _show(by_enrolment: Mapping[int, int]) -> int | None:
    """Return the sum if at least five people are in it, who then count at least five."""
    return sum(by_enrolment.values()) if _is_enough(by_enrolment) else None


def _is_enough(by_enrolment: Mapping[int, int]) -> bool:
    return sum(count > 0 for count in by_enrolment.values()) >= FEWEST


def _show_reasons(
    reasons: Mapping[FeedbackReason, Counter[int]], total: Counter[int]
) -> Mapping[FeedbackReason, int]:
    shown = {reason: by for reason, by in reasons.items() if _is_enough(by)}
    left = total - sum(shown.values(), Counter[int]())
    counts = {reason: by.total() for reason, by in shown.items()}
    ordered = dict(sorted(counts.items(), key=lambda found: -found[1]))
    return ordered if not left or _is_enough(left) else {}
